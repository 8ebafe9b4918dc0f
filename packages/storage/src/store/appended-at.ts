/**
 * Times of our era are multiples of 2^-22 seconds: doubles between 2^30 and 2^31 have no finer step. The time
 * between an event and its appending is therefore a whole number of these, mostly a small one, which takes two
 * or three bytes where a time of its own takes eight.
 */
const ticksPerSecond = 4_194_304;

/**
 * How `appended_at` is stored: as whole ticks after the event's timestamp where that is exact, otherwise as
 * seconds. The column turns whole numbers into integers, so whole seconds go as `s1700000000`, to be told
 * from ticks.
 */
export function encodeAppendedAt(timestamp: number, appendedAt: number): number | string {
  const ticks = (appendedAt - timestamp) * ticksPerSecond;
  if ((ticks | 0) === ticks && timestamp + ticks / ticksPerSecond === appendedAt) return ticks;
  return Number.isInteger(appendedAt) ? `s${appendedAt}` : appendedAt;
}

/** The expression that gives the seconds back; the cast makes it compare like a REAL column. */
export function sqlOfAppendedAt(row: string): string {
  return `CAST(CASE typeof(${row}.appended)
    WHEN 'integer' THEN ${row}.timestamp + ${row}.appended / ${ticksPerSecond}.0
    WHEN 'text' THEN substr(${row}.appended, 2)
    ELSE ${row}.appended END AS REAL)`;
}
