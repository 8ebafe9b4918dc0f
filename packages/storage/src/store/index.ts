/**
 * The SQLite store: a projection of the log.
 *
 * @module @bitten/storage/store
 */
export type {
  AccountState,
  ComponentState,
  ComponentStatuses,
  EquityCurves,
  OpenTrade,
  Quote,
  State,
  TimeRange,
} from './as-of/state.js';
export { OldStore } from './carry-over.js';
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
export type { RangeSum, StoreFinding, StoreReport } from './inspection.js';
export {
  type HopName,
  hopNames,
  type Lifecycle,
  type LifecycleQuery,
  type LifecycleState,
  lifecycleStates,
  type PatternStats,
} from './lives/lifecycle.js';
export { deadLettersOfRecords, eventsOfRecords, PlacedEvent } from './logged-events.js';
export { MemoryStore } from './memory-store.js';
export type {
  HourCounts,
  SignalCounts,
  SignalStats,
  SymbolStats,
  VolumeQuery,
  VolumeStats,
} from './rollups/rollups.js';
export type { RemovedRows, StoreRetentionPolicy } from './row-remover.js';
export type { EventPage, EventPlace, EventSearch } from './search/search.js';
export { type OpenStoreOptions, openStore, SqliteStore } from './sqlite-store.js';
export { StoreBuilder } from './store-builder.js';
export type { FollowedLog } from './store-info.js';
export { StoreInspector } from './store-inspector.js';
export {
  buildingFile,
  isRebuilt,
  rebuiltFile,
  refuseRebuilt,
  StoreBusyError,
  type SwapOptions,
  type SwapStep,
  swapSteps,
  swapStore,
} from './swap.js';
export type {
  DeadLetter,
  DeadLetterQuery,
  DeadLetterResolution,
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
