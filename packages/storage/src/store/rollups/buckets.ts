export const hour_s = 3_600;
export const day_s = 86_400;

/** Beyond this many a time is a mistake: more hours than anybody will keep. */
const bucket_max = 1e9;

/**
 * The hour or day a time falls in, counted from 1970 (UTC); null for a time that is none. Truncated, as `CAST` does it
 * in the trigger that takes rows away.
 */
export function bucketOf(time: number | null, size_s: number): number | null {
  if (time === null || !Number.isFinite(time)) return null;
  const bucket = Math.trunc(time / size_s);
  return Math.abs(bucket) <= bucket_max ? bucket : null;
}

/** What is summed is in millionths, and whole. */
export const millionths = 1e6;

/** Beyond it a value is a mistake, and would drown all others in a sum. */
const millionths_max = 1e15;

/** A value in whole millionths; null where there is none that can be summed. */
export function inMillionths(value: number | null): number | null {
  if (value === null) return null;
  const whole = Math.round(value * millionths);
  return Math.abs(whole) <= millionths_max ? whole : null;
}
