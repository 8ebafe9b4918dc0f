import type { EventType } from './events/index.js';

/** The field of `data` that ties an event to others. */
const correlatedBy = new Map<string, string>(
  Object.entries({
    signal_generated: 'signal_id',
    signal_expired: 'signal_id',
    signal_outcome: 'signal_id',
    fire_command: 'fire_id',
    trade_executed: 'fire_id',
    trade_confirmed: 'fire_id',
    trade_outcome: 'fire_id',
  } satisfies Partial<Record<EventType, string>>),
);

/** Where each type comes from in the running system, or would. */
const sources: Readonly<Record<EventType, string>> = {
  signal_generated: 'elite_guard',
  signal_expired: 'elite_guard',
  pattern_detected: 'elite_guard',
  signal_outcome: 'outcome_tracker',
  fire_command: 'webapp',
  user_action: 'webapp',
  trade_executed: 'mt5_adapter',
  trade_confirmed: 'mt5_adapter',
  trade_outcome: 'mt5_adapter',
  balance_update: 'mt5_adapter',
  market_data: 'mt5_feed',
  system_health: 'system_monitor',
  dead_letter_resolved: 'bitten',
};
const sourceOf = new Map<string, string>(Object.entries(sources));

/** What ties an event to others: its signal's id, or for fires and trades its fire's. Undefined where there is none. */
export function correlationOf(type: string, data: Readonly<Record<string, unknown>>): string | undefined {
  const field = correlatedBy.get(type);
  const id = field === undefined ? undefined : data[field];
  return typeof id === 'string' ? id : undefined;
}

/**
 * Who usually publishes a standard type; undefined for any other. A `system_health` comes from the component it
 * is about, where `data` tells.
 */
export function defaultSourceOf(type: EventType, data?: Readonly<Record<string, unknown>>): string;
export function defaultSourceOf(type: string, data?: Readonly<Record<string, unknown>>): string | undefined;
export function defaultSourceOf(type: string, data?: Readonly<Record<string, unknown>>): string | undefined {
  if (type === 'system_health' && typeof data?.component === 'string') return data.component;
  return sourceOf.get(type);
}
