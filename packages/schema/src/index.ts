/**
 * What an event is: envelope, catalogue of types, codec, topics, limits, errors.
 *
 * @module @bitten/schema
 */
export { aliases, withAliases } from './aliases.js';
export { Catalogue, createStandardCatalogue, DuplicateTypeError, isStandardType } from './catalogue.js';
export { shorten, showFound } from './check/found.js';
export { nestsDeeperThan } from './check/nesting.js';
export { redactSecrets } from './check/redact.js';
export { secretFound } from './check/secrets.js';
export { sizeIssue } from './check/size.js';
export { describeClass, describeExpiry, describeKey, isExpired, keyIn, keyOf } from './classes.js';
export { checkEvent, type Decoded, decodeEvent, encodeEvent, UnencodableEventError } from './codec.js';
export type { DeadLetter } from './dead-letter.js';
export {
  type DataOf,
  type DataSchema,
  defineEvent,
  type EventDefinition,
  type EventOf,
  type EventOptions,
} from './define.js';
export type { EventClass, Expiry, Overload } from './define-class.js';
export type { Envelope } from './envelope.js';
export {
  BadDefinitionError,
  BittenError,
  describeIssue,
  type ErrorFacts,
  GapError,
  InvalidEventError,
  type Issue,
  type IssueCode,
} from './errors.js';
export type { EventInput } from './event-input.js';
export {
  type BalanceUpdate,
  type DeadLetterResolved,
  type EventData,
  type EventType,
  type FireCommand,
  type MarketData,
  type PatternDetected,
  type SignalExpired,
  type SignalGenerated,
  type SignalOutcome,
  type StandardEvent,
  type SystemHealth,
  standardDefinitions,
  type TradeConfirmed,
  type TradeExecuted,
  type TradeOutcome,
  type UserAction,
} from './events/index.js';
export { cursorPattern, limits, producerPattern } from './limits.js';
export { correlationOf, defaultSourceOf } from './provenance.js';
export { isReplayed, type ReplayMark } from './replay-mark.js';
export { envelopeInfo, type FieldInfo, type SchemaInfo, schemaInfo } from './schema-info.js';
export { replayTopicOf, topicMatches, topicOf } from './topics.js';
