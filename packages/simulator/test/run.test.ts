import type { Envelope } from '@bitten/schema';
import { describe, expect, it } from 'vitest';
import { createMarket } from '../src/market.js';
import type { WallClock } from '../src/run.js';

/** A clock that moves only when somebody sleeps, and then as late as it is told. */
function fakeClock(late_ms: (sleeps: number) => number = () => 0) {
  let time = 0;
  let sleeps = 0;
  const clock: WallClock = {
    now: () => time,
    sleep: async (delay_ms) => {
      sleeps += 1;
      time += delay_ms + late_ms(sleeps);
    },
  };
  return { clock, elapsed_ms: () => time };
}

describe('market.run', () => {
  it.each([3, 40, 1_000, 20_000])('holds a rate of %d events a second', async (rate_per_s) => {
    const { clock, elapsed_ms } = fakeClock();
    const published: Envelope[] = [];
    const count = rate_per_s * 3 + 1;
    const result = await createMarket({ seed: 1 }).run({
      rate_per_s,
      count,
      clock,
      publish: (event) => published.push(event),
    });
    expect(result).toBe(count);
    expect(published).toHaveLength(count);
    expect(elapsed_ms() / 1_000).toBeCloseTo(3, 1);
  });

  it('does not drift when timers are late', async () => {
    const { clock, elapsed_ms } = fakeClock(() => 7);
    await createMarket({ seed: 1 }).run({ rate_per_s: 500, count: 5_001, clock, publish: () => {} });
    // Ten seconds, and at most the last sleep too long.
    expect(elapsed_ms()).toBeGreaterThanOrEqual(10_000);
    expect(elapsed_ms()).toBeLessThan(10_020);
  });

  it('catches up after a long sleep in small bursts', async () => {
    const { clock, elapsed_ms } = fakeClock((sleeps) => (sleeps === 1 ? 10_000 : 0));
    const at: number[] = [];
    const sleep = clock.sleep;
    let burst = 0;
    const bursts: number[] = [];
    const counting: WallClock = {
      now: clock.now,
      sleep: (delay_ms, signal) => {
        bursts.push(burst);
        burst = 0;
        return sleep(delay_ms, signal);
      },
    };
    await createMarket({ seed: 1 }).run({
      rate_per_s: 100,
      count: 1_500,
      clock: counting,
      publish: () => {
        burst += 1;
        at.push(elapsed_ms());
      },
    });
    expect(Math.max(...bursts)).toBe(250);
    // Event n is due at 10 n ms: none was published before it was due.
    expect(at.every((time_ms, index) => time_ms >= index * 10 - 0.001)).toBe(true);
  });

  it('stops when it is told to, also while it waits', async () => {
    const abort = new AbortController();
    let published = 0;
    const running = createMarket({ seed: 1 }).run({
      rate_per_s: 0.001,
      signal: abort.signal,
      publish: () => {
        published += 1;
        setImmediate(() => abort.abort());
      },
    });
    await expect(running).resolves.toBe(1);
    expect(published).toBe(1);
  });

  it('ends with the error of a publish that throws', async () => {
    const publish = () => {
      throw new Error('closed');
    };
    await expect(createMarket({ seed: 1 }).run({ rate_per_s: 10, publish })).rejects.toThrow('closed');
  });
});
