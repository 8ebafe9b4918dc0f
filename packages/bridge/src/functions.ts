import { BittenError, type EventData, type EventInput, type EventType } from '@bitten/schema';
import { EventBridge } from './bridge.js';
import type { Handler } from './hand-over.js';
import type { BridgeOptions } from './options.js';
import type { PublishOptions } from './publisher.js';
import type { Receipt } from './receipt.js';
import type { ReplaySubscribeOptions } from './replay-options.js';
import type { ReplaySubscription } from './replay-subscription.js';
import type { SubscribeOptions, Subscription } from './subscription.js';

/** A user's id as callers have it; on the wire it is a string. */
export type UserId = string | number | bigint;

/** Input whose `user_id` may be given beside it instead. */
export type InputForUser<Type extends EventType> = WithoutUser<EventInput<Type>>;

type WithoutUser<Input> = Input extends unknown
  ? { [Key in keyof Input as Key extends 'user_id' ? never : Key]: Input[Key] } & {
      user_id?: UserId | null | undefined;
    }
  : never;

let shared: EventBridge | undefined;

/** The bridge behind the functions of this module; it connects at the first call. */
export function defaultBridge(): EventBridge {
  shared ??= new EventBridge();
  return shared;
}

/** Options for the default bridge; call it before anything is published. Throws when it is too late. */
export function configure(options: BridgeOptions): EventBridge {
  if (shared !== undefined) {
    throw new BittenError('too_late', 'the default bridge is in use already', {
      remedy: 'call configure() before anything is published, or close() first',
    });
  }
  shared = new EventBridge(options);
  return shared;
}

/** A new trading signal. Correlated by its `signal_id`. */
export function signalGenerated(data: EventInput<'signal_generated'>, source?: string): Promise<Receipt> {
  return publish('signal_generated', data, { source });
}

/** A command to trade. Correlated by its `fire_id`. */
export function fireCommand(
  data: InputForUser<'fire_command'>,
  user_id?: UserId,
  source?: string,
): Promise<Receipt> {
  return publishForUser('fire_command', data, { user_id, source });
}

/** A trade the broker has executed. Correlated by its `fire_id`. */
export function tradeExecuted(data: EventInput<'trade_executed'>, source?: string): Promise<Receipt> {
  return publish('trade_executed', data, { source });
}

/** An account's balance has changed. */
export function balanceUpdate(
  data: InputForUser<'balance_update'>,
  user_id?: UserId,
  source?: string,
): Promise<Receipt> {
  return publishForUser('balance_update', data, { user_id, source });
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
  user_id: UserId,
  action: string,
  details: Record<string, unknown> = {},
  source?: string,
): Promise<Receipt> {
  return publishForUser('user_action', { action, details }, { user_id, source });
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
export function patternDetected(data: EventInput<'pattern_detected'>, source?: string): Promise<Receipt> {
  return publish('pattern_detected', data, { source });
}

/** A signal's time is over. Correlated by its `signal_id`. */
export function signalExpired(data: EventInput<'signal_expired'>, source?: string): Promise<Receipt> {
  return publish('signal_expired', data, { source });
}

/** The broker has confirmed a trade. Correlated by its `fire_id`. */
export function tradeConfirmed(data: EventInput<'trade_confirmed'>, source?: string): Promise<Receipt> {
  return publish('trade_confirmed', data, { source });
}

/** How a trade ended. Correlated by its `fire_id`. */
export function tradeOutcome(data: EventInput<'trade_outcome'>, source?: string): Promise<Receipt> {
  return publish('trade_outcome', data, { source });
}

/** How a signal ended. Correlated by its `signal_id`. */
export function signalOutcome(data: EventInput<'signal_outcome'>, source?: string): Promise<Receipt> {
  return publish('signal_outcome', data, { source });
}

/** `signalOutcome` under the name the running system's callers use. */
export function signalOutcomeRecorded(data: EventInput<'signal_outcome'>, source?: string): Promise<Receipt> {
  return signalOutcome(data, source);
}

/** Subscribes on the default bridge: see {@link EventBridge.subscribe}. */
export function subscribe(options: ReplaySubscribeOptions, handler: Handler): ReplaySubscription;
export function subscribe(options: SubscribeOptions, handler: Handler): Subscription;
export function subscribe(
  options: SubscribeOptions | ReplaySubscribeOptions,
  handler: Handler,
): Subscription | ReplaySubscription {
  return defaultBridge().subscribe(options as SubscribeOptions, handler);
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
  const closing = shared;
  shared = undefined;
  await closing?.close(options);
}

/** Never throws: also what is wrong with the settings is for the receipt to say. */
function publish(event_type: EventType, data: object, options: PublishOptions): Promise<Receipt> {
  try {
    return defaultBridge().publish({ ...options, event_type, data });
  } catch (error) {
    const receipt = Promise.reject<Receipt>(error);
    receipt.catch(() => undefined);
    return receipt;
  }
}

/** The user stands in the envelope and, where the data does not say otherwise, in the data. */
function publishForUser(
  type: EventType,
  data: Record<string, unknown>,
  { user_id, source }: { user_id: UserId | undefined; source: string | undefined },
): Promise<Receipt> {
  let user: unknown;
  let whole: Record<string, unknown>;
  try {
    user = user_id ?? data.user_id;
    whole = { ...data, user_id: data.user_id ?? user };
  } catch {
    // Data that cannot be read is refused where all is checked.
    return publish(type, data, { source });
  }
  const inEnvelope = typeof user === 'number' || typeof user === 'bigint' ? String(user) : user;
  return publish(type, whole, { source, user_id: inEnvelope as string | undefined });
}
