import { setTimeout as sleep } from 'node:timers/promises';

/** Waits until something holds, and returns it; fails with what was waited for. */
export async function until<Found>(
  what: string,
  find: () => Found | Promise<Found>,
  { timeout_ms = 20_000 }: { timeout_ms?: number } = {},
): Promise<Exclude<Found, false | undefined | null>> {
  const end = performance.now() + timeout_ms;
  for (;;) {
    const found = await find();
    if (found !== false && found !== undefined && found !== null) {
      return found as Exclude<Found, false | undefined | null>;
    }
    if (performance.now() > end) throw new Error(`waited in vain for ${what}`);
    await sleep(5);
  }
}
