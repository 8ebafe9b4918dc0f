import { build } from 'hdr-histogram-js';

export interface Percentiles {
  p50: number;
  p99: number;
}

/** An hour, in nanoseconds: nothing measured here takes longer. */
const highest_ns = 3_600e9;

/** Percentiles of durations in milliseconds, in milliseconds, to three digits. */
export function percentiles(durations_ms: Iterable<number>): Percentiles {
  const histogram = build({
    lowestDiscernibleValue: 1,
    highestTrackableValue: highest_ns,
    numberOfSignificantValueDigits: 3,
  });
  for (const duration_ms of durations_ms) {
    // The clock of another process may round to a hair before ours.
    histogram.recordValue(Math.min(highest_ns, Math.max(0, Math.round(duration_ms * 1e6))));
  }
  const at = (percent: number): number => histogram.getValueAtPercentile(percent) / 1e6;
  return { p50: at(50), p99: at(99) };
}

/** Events sent on a schedule: when each was due, and the place it got. */
export interface Schedule {
  due_ms: Float64Array;
  seqs: Float64Array;
}

/**
 * From when each event was due to when it was seen. `seenAt` tells when a place was, undefined where never.
 * Throws where one was not seen: a latency of what arrived only would hide what did not.
 */
export function latencies(
  { due_ms, seqs }: Schedule,
  seenAt: (seq: number) => number | undefined,
): Float64Array {
  return seqs.map((seq, index) => {
    const seen_ms = seenAt(seq);
    if (seen_ms === undefined) throw new Error(`event ${seq} was published and never seen`);
    return seen_ms - due_ms[index]!;
  });
}
