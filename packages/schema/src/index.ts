export { aliases, withAliases } from './aliases.js';
export { Catalogue, createStandardCatalogue, DuplicateTypeError, isStandardType } from './catalogue.js';
export { shorten, showFound } from './check/found.js';
export { nestsDeeperThan } from './check/nesting.js';
export { redactSecrets } from './check/redact.js';
export { secretFound } from './check/secrets.js';
export { sizeIssue } from './check/size.js';
export { checkEvent, type Decoded, decodeEvent, encodeEvent, UnencodableEventError } from './codec.js';
export {
  BadDefinitionError,
  type DataOf,
  type DataSchema,
  defineEvent,
  type EventDefinition,
  type EventOf,
} from './define.js';
export type { Envelope } from './envelope.js';
export {
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
export { envelopeInfo, type FieldInfo, type SchemaInfo, schemaInfo } from './schema-info.js';
export { replayTopicOf, topicMatches, topicOf } from './topics.js';
