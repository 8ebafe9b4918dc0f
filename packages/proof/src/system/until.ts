import { setTimeout as sleep } from 'node:timers/promises';

export interface UntilOptions {
  /** Default: 60 s, or `BITTEN_PATIENCE_MS`. Passing it is a failure: no result depends on it. */
  timeout_ms?: number;
  every_ms?: number;
  /** What stood there when the time had passed, for the error. */
  found?: () => unknown;
}

/** Waits until `probe` gives something else than false, null or undefined, and returns it. Throws when it never does. */
export async function until<T>(
  what: string,
  probe: () => T | Promise<T>,
  options: UntilOptions = {},
): Promise<Exclude<T, false | null | undefined>> {
  const { timeout_ms = Number(process.env.BITTEN_PATIENCE_MS ?? 60_000), every_ms = 15, found } = options;
  const deadline = performance.now() + timeout_ms;
  for (;;) {
    const value = await probe();
    if (value !== false && value !== null && value !== undefined) {
      return value as Exclude<T, false | null | undefined>;
    }
    if (performance.now() > deadline) {
      const state = found === undefined ? '' : `; found ${JSON.stringify(found())}`;
      throw new Error(`waited ${timeout_ms} ms in vain for ${what}${state}`);
    }
    await sleep(every_ms);
  }
}
