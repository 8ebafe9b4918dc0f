/**
 * The log: append-only segments, the truth.
 *
 * @module @bitten/storage/log
 */
export { BeyondEndError, CorruptLogError, type CorruptPlace, LogUnavailableError } from './errors.js';
export { type LogIo, nodeIo, type Span } from './io.js';
export { type InspectLogOptions, LogInspector } from './log-inspector.js';
export { MemoryLog, type MemoryLogOptions } from './memory-log.js';
export { type OpenLogOptions, openLog, segmentBytesMin } from './open-log.js';
export type { SegmentLog } from './segment-log.js';
export type {
  Log,
  LogRecord,
  LogStats,
  NewRecord,
  Placement,
  RetentionPolicy,
} from './types.js';
export type { LogFinding, LogReport } from './verify-report.js';
