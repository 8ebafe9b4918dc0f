let offset_ms = performance.timeOrigin;

/** How far the fine clock may be from the system's, which tells whole milliseconds only. */
const drift_ms_max = 1;

/**
 * Unix seconds, to the microsecond. The fine clock knows nothing of corrections to the system's and stands still
 * while the machine sleeps: where the two disagree, it is set anew.
 */
export function unixTime(): number {
  const system_ms = Date.now();
  const fine_ms = offset_ms + performance.now();
  if (fine_ms >= system_ms - drift_ms_max && fine_ms <= system_ms + 1 + drift_ms_max) return fine_ms / 1000;
  offset_ms += system_ms + 0.5 - fine_ms;
  return (system_ms + 0.5) / 1000;
}
