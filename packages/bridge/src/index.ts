/**
 * What a component imports: one line to publish, one to subscribe. The only package that is installed outside of
 * this repository.
 *
 * @module @bitten/bridge
 */
export {
  BittenError,
  type DataOf,
  defineEvent,
  describeIssue,
  type Envelope,
  type EventData,
  type EventDefinition,
  type EventInput,
  type EventType,
  GapError,
  InvalidEventError,
  type Issue,
  schemaInfo,
} from '@bitten/schema';
// The rules of an own event type are written with these, so that a component needs no import but the bridge.
export * as fields from '@bitten/schema/fields';
export * as v from 'valibot';
export { type BridgeStats, type BridgeStatus, EventBridge } from './bridge.js';
export { withCorrelation } from './correlation.js';
export {
  balanceUpdate,
  close,
  configure,
  defaultBridge,
  disable,
  enable,
  fireCommand,
  type InputForUser,
  marketData,
  patternDetected,
  signalExpired,
  signalGenerated,
  signalOutcome,
  signalOutcomeRecorded,
  subscribe,
  systemHealth,
  tradeConfirmed,
  tradeExecuted,
  tradeOutcome,
  type UserId,
  userAction,
} from './functions.js';
export type { Handler, HandlerErrorPolicy } from './hand-over.js';
export { BadOptionError, type BridgeOptions } from './options.js';
export type { NewEvent, PublishOptions } from './publisher.js';
export {
  BridgeClosedError,
  ConflatedError,
  OutboxFullError,
  type Receipt,
  ReceiptDroppedError,
} from './receipt.js';
export type { ReceivedEvent } from './received.js';
export type { ReplayOptions, ReplaySubscribeOptions } from './replay-options.js';
export type { ReplaySubscription } from './replay-subscription.js';
export { ReplayRefusedError, withEffects } from './replayed.js';
export type { SubscribeOptions, Subscription } from './subscription.js';
