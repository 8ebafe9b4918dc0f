import type { RetentionPolicy } from './types.js';

/** What retention looks at; the last segment is the active one and always stays. */
export interface Removable {
  endSeq: number;
  bytes: number;
  lastAppendedAt: number;
}

/** The oldest segments that a policy gives up, in order. */
export function removalsUnder<Item extends Removable>(
  policy: RetentionPolicy,
  segments: readonly Item[],
): Item[] {
  const { bytesMax = Number.POSITIVE_INFINITY, appendedBefore = Number.NEGATIVE_INFINITY, floor } = policy;
  let bytes = segments.reduce((sum, segment) => sum + segment.bytes, 0);
  const removals: Item[] = [];
  for (const segment of segments.slice(0, -1)) {
    const isDue = bytes > bytesMax || segment.lastAppendedAt < appendedBefore;
    if (!isDue || segment.endSeq > floor) break;
    removals.push(segment);
    bytes -= segment.bytes;
  }
  return removals;
}
