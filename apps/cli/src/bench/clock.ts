/** Milliseconds on the clock that all processes of this machine share: it counts from boot, whoever asks. */
export function now_ms(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}
