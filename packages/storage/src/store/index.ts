export {
  CorruptStoreError,
  ForeignLogError,
  MissingStoreError,
  NewerStoreError,
  NotAStoreError,
  OlderStoreError,
  StoreHoleError,
  StoreUnavailableError,
} from './errors.js';
export { MemoryStore } from './memory-store.js';
export { type OpenStoreOptions, openStore, SqliteStore } from './sqlite-store.js';
export type {
  DeadLetter,
  EventQuery,
  LoggedEvent,
  Span,
  Store,
  StoredDeadLetter,
  StoredEvent,
  StoreGap,
  StoreStats,
  StoreSummary,
  TypeSummary,
} from './types.js';
