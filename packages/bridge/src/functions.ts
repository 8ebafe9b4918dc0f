import type { EventData, EventType } from '@bitten/schema';
import { EventBridge } from './bridge.js';
import type { BridgeOptions } from './options.js';
import type { PublishOptions } from './publisher.js';
import type { Receipt } from './receipt.js';
import type { Handler, SubscribeOptions, Subscription } from './subscription.js';

/**
 * Data of a type as callers have it: the fields of the catalogue, all optional here because names and defaults
 * are filled in (docs/EVENTS.md, *Aliases*), and any others. What is missing in the end, the receipt says.
 */
export type Fields<Type extends EventType> = Partial<EventData<Type>> & Record<string, unknown>;

let shared: EventBridge | undefined;

/** The bridge behind the functions of this module; it connects at the first call. */
export function defaultBridge(): EventBridge {
  shared ??= new EventBridge();
  return shared;
}

/** Options for the default bridge; call it before anything is published. Throws when it is too late. */
export function configure(options: BridgeOptions): EventBridge {
  if (shared !== undefined)
    throw new Error('configure() must come before the first use of the default bridge');
  shared = new EventBridge(options);
  return shared;
}

function publish(type: EventType, data: object, options: PublishOptions): Promise<Receipt> {
  return defaultBridge().publish({ ...options, event_type: type, data });
}

/** A new trading signal. Correlated by its `signal_id`. */
export function signalGenerated(data: Fields<'signal_generated'>, source?: string): Promise<Receipt> {
  return publish('signal_generated', data, { source });
}

/** A command to trade. Correlated by its `fire_id`. */
export function fireCommand(
  data: Fields<'fire_command'>,
  user_id?: string | number,
  source?: string,
): Promise<Receipt> {
  return publishForUser('fire_command', data, user_id, source);
}

/** A trade the broker has executed. Correlated by its `fire_id`. */
export function tradeExecuted(data: Fields<'trade_executed'>, source?: string): Promise<Receipt> {
  return publish('trade_executed', data, { source });
}

/** An account's balance has changed. */
export function balanceUpdate(
  data: Fields<'balance_update'>,
  user_id?: string | number,
  source?: string,
): Promise<Receipt> {
  return publishForUser('balance_update', data, user_id, source);
}

/** How a component is: `systemHealth('webapp', 'running', { uptime: 12.5 })`. */
export function systemHealth(
  component: string,
  status: EventData<'system_health'>['status'],
  details: Record<string, unknown> = {},
): Promise<Receipt> {
  return publish('system_health', { ...details, component, status }, { source: component });
}

/** Something a user did. */
export function userAction(
  user_id: string | number,
  action: string,
  details: Record<string, unknown> = {},
  source?: string,
): Promise<Receipt> {
  return publishForUser('user_action', { action, details }, user_id, source);
}

/** A tick. */
export function marketData(
  symbol: string,
  bid: number,
  ask: number,
  volume?: number,
  source?: string,
): Promise<Receipt> {
  return publish('market_data', { symbol, bid, ask, volume }, { source });
}

/** A chart pattern was seen. */
export function patternDetected(data: Fields<'pattern_detected'>, source?: string): Promise<Receipt> {
  return publish('pattern_detected', data, { source });
}

/** A signal's time is over. Correlated by its `signal_id`. */
export function signalExpired(data: Fields<'signal_expired'>, source?: string): Promise<Receipt> {
  return publish('signal_expired', data, { source });
}

/** The broker has confirmed a trade. Correlated by its `fire_id`. */
export function tradeConfirmed(data: Fields<'trade_confirmed'>, source?: string): Promise<Receipt> {
  return publish('trade_confirmed', data, { source });
}

/** How a trade ended. Correlated by its `fire_id`. */
export function tradeOutcome(data: Fields<'trade_outcome'>, source?: string): Promise<Receipt> {
  return publish('trade_outcome', data, { source });
}

/** How a signal ended. Correlated by its `signal_id`. */
export function signalOutcome(data: Fields<'signal_outcome'>, source?: string): Promise<Receipt> {
  return publish('signal_outcome', data, { source });
}

/** `signalOutcome` under the name the running system's callers use. */
export const signalOutcomeRecorded = signalOutcome;

/** Subscribes on the default bridge. */
export function subscribe(options: SubscribeOptions, handler: Handler): Subscription {
  return defaultBridge().subscribe(options, handler);
}

/** Publishing works again after `disable`. */
export function enable(): void {
  defaultBridge().enable();
}

/** Publishing does nothing: for tests. */
export function disable(): void {
  defaultBridge().disable();
}

/** Waits for what is unacknowledged, within a deadline, and closes the default bridge. */
export async function close(options?: { timeout_ms?: number }): Promise<void> {
  await shared?.close(options);
  shared = undefined;
}

/** The user stands in the envelope and, where the data does not say otherwise, in the data. */
function publishForUser(
  type: EventType,
  data: Record<string, unknown>,
  user_id: string | number | undefined,
  source: string | undefined,
): Promise<Receipt> {
  const user = user_id ?? (data.user_id as string | number | undefined);
  if (user === undefined) return publish(type, data, { source });
  return publish(type, { ...data, user_id: data.user_id ?? user }, { source, user_id: String(user) });
}
