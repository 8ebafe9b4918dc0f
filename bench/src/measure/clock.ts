/**
 * Milliseconds on the clock that all processes and threads of this machine share: it counts from boot, whoever
 * asks, and setting the time of day does not move it. So what one process sends and another sees can be
 * subtracted.
 */
export function now_ms(): number {
  return offset_ms + performance.now();
}

/**
 * How far `performance.now`, which is quick and counts from the start of its thread, is behind that clock. The
 * pair of readings that is closest together counts: a process that lost its turn in between would be off by as
 * much for ever.
 */
function clockOffset_ms(): number {
  let best = { gap: Number.POSITIVE_INFINITY, offset: 0 };
  for (let attempt = 0; attempt < 200; attempt += 1) {
    const before = process.hrtime.bigint();
    const now = performance.now();
    const after = process.hrtime.bigint();
    const gap = Number(after - before);
    if (gap < best.gap) best = { gap, offset: Number(before) / 1e6 + gap / 2e6 - now };
  }
  return best.offset;
}

const offset_ms = clockOffset_ms();

/** Unix seconds to the microsecond, as events carry them. */
export function unixTime(): number {
  return Math.round((performance.timeOrigin + performance.now()) * 1e3) / 1e6;
}
