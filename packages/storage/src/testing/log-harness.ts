import type { Log } from '../log/index.js';

/** How the contract suite makes the logs it tries. */
export interface LogHarness {
  /** A new log, or after its `close` the same one again. */
  open(options: { segmentBytesMax: number }): Log;
  /** Whether what was committed is there again after `close` and `open`. */
  survivesClose: boolean;
  cleanup(): void;
}

/** So small that a few events fill a segment. */
export const smallSegmentBytes = 4 * 1024;
