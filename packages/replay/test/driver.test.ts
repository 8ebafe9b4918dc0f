import { GapError } from '@bitten/schema';
import { describe, expect, test } from 'vitest';
import { ReplayDriver, type ReplayDriverOptions } from '../src/driver.js';
import type { Played, ReplayItem, ReplayStage } from '../src/stage.js';
import { SimulatedTime, settle } from './support/simulated-time.js';

const t0 = 1_792_681_200;

interface Shown {
  seq: number;
  /** On the clock of whoever watches, from the start. */
  at_ms: number;
}

interface Setting {
  /** Seconds after the first event, from seq 1 on. */
  times: readonly number[];
  options?: Partial<ReplayDriverOptions<ReplayItem>>;
  /** What the stage does otherwise. */
  stage?: Partial<ReplayStage>;
  pageSize?: number;
}

/** A driver over events that exist only here, on a clock that is moved by hand. */
function start({ times, options = {}, stage = {}, pageSize = 3 }: Setting) {
  const time = new SimulatedTime();
  const begun = time.now();
  const shown: Shown[] = [];
  const items = times.map((s, i) => ({ seq: i + 1, time: t0 + s }));
  const whole: ReplayStage = {
    read: async (from, to) => {
      const page = items.filter(({ seq }) => seq >= from && seq < to).slice(0, pageSize);
      return { items: page, next: page.length < pageSize ? to : page.at(-1)!.seq + 1 };
    },
    play: async (played) => {
      for (const { seq } of played) shown.push({ seq, at_ms: time.now() - begun });
      return { next: played.at(-1)!.seq + 1, sent: played.length, unheard: 0 };
    },
    ...stage,
  };
  const driver = new ReplayDriver({ stage: whole, from: 1, to: times.length + 1, timers: time, ...options });
  return { driver, time, shown, seqs: () => shown.map(({ seq }) => seq) };
}

describe('at the original pace', () => {
  test('each event is played when it is due, page after page', async () => {
    const { driver, time, shown } = start({ times: [0, 0.5, 1, 3, 3, 3.125, 10] });
    await time.advance(10_000);
    expect(shown).toEqual([
      { seq: 1, at_ms: 0 },
      { seq: 2, at_ms: 500 },
      { seq: 3, at_ms: 1_000 },
      { seq: 4, at_ms: 3_000 },
      { seq: 5, at_ms: 3_000 },
      { seq: 6, at_ms: 3_125 },
      { seq: 7, at_ms: 10_000 },
    ]);
    expect(await driver.done).toEqual({
      ...{ state: 'ended', from: 1, to: 8, next: 8, sent: 7, unheard: 0, missing: 0 },
      ...{ at: t0 + 10, speed: 1 },
    });
  });

  test('times ten takes a tenth of the time, and long gaps can be cut', async () => {
    const { time, shown } = start({ times: [0, 1, 86_400], options: { speed: 10, gap_ms_max: 5_000 } });
    await time.advance(600);
    expect(shown.map(({ at_ms }) => at_ms)).toEqual([0, 100, 600]);
  });

  test('events a moment apart are played together rather than each on its own', async () => {
    const { time, shown } = start({ times: [0, 0.001, 0.002, 0.003, 0.5], pageSize: 10 });
    await time.advance(500);
    expect(shown.map(({ at_ms }) => at_ms)).toEqual([0, 5, 5, 5, 500]);
  });

  test('what held it up is not made up for in a burst', async () => {
    const held: Array<() => void> = [];
    const shown: Array<[number, number]> = [];
    const { time } = start({
      times: [0, 1, 2, 3],
      stage: {
        play: async (items) => {
          shown.push([items.length, time.now()]);
          if (items[0]!.seq === 1) await new Promise<void>((resolve) => held.push(resolve));
          return { next: items.at(-1)!.seq + 1, sent: items.length, unheard: 0 };
        },
      },
    });
    const begun = time.now();
    await time.advance(60_000);
    held[0]!();
    await time.advance(10_000);
    expect(shown.map(([count, at]) => [count, at - begun])).toEqual([
      [1, 0],
      [1, 60_000],
      [1, 61_000],
      [1, 62_000],
    ]);
  });
});

describe('the one who watches', () => {
  test('can pause it, and go on', async () => {
    const { driver, time, seqs } = start({ times: [0, 1, 2] });
    await time.advance(1_500);
    driver.pause();
    await time.advance(3_600_000);
    expect(seqs()).toEqual([1, 2]);
    expect(driver.progress).toMatchObject({ state: 'paused', next: 3, at: t0 + 1 });
    driver.resume();
    await time.advance(499);
    expect(seqs()).toEqual([1, 2]);
    await time.advance(1);
    expect(seqs()).toEqual([1, 2, 3]);
  });

  test('can step through it, over the ends of pages and to the end', async () => {
    const { driver, time, seqs } = start({ times: [0, 10, 20, 30, 40], options: { paused: true } });
    await time.advance(60_000);
    expect(seqs()).toEqual([]);
    await driver.step();
    expect(seqs()).toEqual([1]);
    await driver.step(3);
    expect(seqs()).toEqual([1, 2, 3, 4]);
    expect(driver.progress).toMatchObject({ state: 'paused', next: 5, at: t0 + 30 });
    await driver.step(10);
    expect(seqs()).toEqual([1, 2, 3, 4, 5]);
    expect((await driver.done).state).toBe('ended');
    await driver.step();
  });

  test('goes on at the pace from where the steps have led', async () => {
    const { driver, time, shown } = start({ times: [0, 100, 101], options: { paused: true } });
    await driver.step(2);
    driver.resume();
    await time.advance(1_000);
    expect(shown.at(-1)).toEqual({ seq: 3, at_ms: 1_000 });
  });

  test('can step after a pause that came while events were in hand', async () => {
    const held: Array<() => void> = [];
    const played: number[][] = [];
    const { driver } = start({
      times: [0, 0, 0, 5, 6],
      stage: {
        play: async (items) => {
          played.push(items.map(({ seq }) => seq));
          if (played.length === 1) await new Promise<void>((resolve) => held.push(resolve));
          return { next: items.at(-1)!.seq + 1, sent: items.length, unheard: 0 };
        },
      },
    });
    await settle();
    const stepped = driver.step();
    held[0]!();
    await stepped;
    expect(played).toEqual([[1, 2, 3], [4]]);
  });

  test('can change the speed, which counts at once', async () => {
    const { driver, time, seqs } = start({ times: [0, 3_600, 3_601] });
    await time.advance(1_000);
    driver.speed = 3_599;
    await time.advance(1_000);
    expect(seqs()).toEqual([1, 2]);
    driver.speed = 'max';
    await settle();
    expect(seqs()).toEqual([1, 2, 3]);
  });

  test('can stop it', async () => {
    const { driver, time, seqs } = start({ times: [0, 1, 2] });
    await time.advance(1_000);
    driver.stop();
    expect(await driver.done).toMatchObject({ state: 'stopped', next: 3, sent: 2 });
    await time.advance(10_000);
    expect(seqs()).toEqual([1, 2]);
    expect(time.next_ms).toBeNull();
  });
});

describe('at full speed', () => {
  /** A stage that plays two at a time without anybody looking. */
  function sweeping(log: Array<[string, number]>): Partial<ReplayStage> {
    return {
      sweep: async (from, to): Promise<Played> => {
        log.push(['sweep', from]);
        const next = Math.min(from + 2, to);
        return { next, sent: next - from - 1, unheard: 1 };
      },
    };
  }

  test('a stage that can plays what comes, without anybody looking at the time', async () => {
    const log: Array<[string, number]> = [];
    const { driver } = start({
      times: [0, 100, 200, 300],
      options: { speed: 'max' },
      stage: sweeping(log),
    });
    expect(await driver.done).toMatchObject({ state: 'ended', sent: 2, unheard: 2, at: null });
    expect(log).toEqual([
      ['sweep', 1],
      ['sweep', 3],
    ]);
  });

  test('one that slows down goes on at once, and then at the pace', async () => {
    const log: Array<[string, number]> = [];
    const { driver, time, shown } = start({
      times: [0, 100, 200, 201],
      options: { paused: true, speed: 'max' },
      stage: sweeping(log),
    });
    await driver.step();
    driver.resume();
    await settle();
    driver.speed = 1;
    await time.advance(1_000);
    expect(log).toEqual([
      ['sweep', 2],
      ['sweep', 4],
    ]);
    expect(shown).toEqual([{ seq: 1, at_ms: 0 }]);
    expect((await driver.done).next).toBe(5);
  });

  test('time is not waited for where it has leapt', async () => {
    const { driver, time, shown } = start({
      times: [0, 100, 10_000, 10_001],
      options: { speed: 'max', paused: true },
      stage: {
        sweep: async (from) => {
          driver.speed = 1;
          return { next: from + 1, sent: 1, unheard: 0 };
        },
      },
    });
    await driver.step();
    driver.resume();
    await time.advance(1_000);
    expect(shown).toEqual([
      { seq: 1, at_ms: 0 },
      { seq: 3, at_ms: 0 },
      { seq: 4, at_ms: 1_000 },
    ]);
  });
});

describe('what is not there', () => {
  test('is told when retention has removed it, counted, and passed over without a wait', async () => {
    const gaps: GapError[] = [];
    const { driver, time, shown } = start({
      times: [0, 1, 5_000, 5_001],
      options: { onGap: (gap) => gaps.push(gap) },
      stage: {
        read: async (from, to) => {
          if (from < 3) throw new GapError(1, 3, 'removed by retention');
          const items = [3, 4].filter((seq) => seq >= from).map((seq) => ({ seq, time: t0 + 5_000 + seq }));
          return { items, next: to };
        },
      },
    });
    await time.advance(1_000);
    expect(gaps).toMatchObject([{ from: 1, to: 3 }]);
    expect(shown).toEqual([
      { seq: 3, at_ms: 0 },
      { seq: 4, at_ms: 1_000 },
    ]);
    expect(await driver.done).toMatchObject({ missing: 2, sent: 2 });
  });

  test('any other failure ends it, and is told to whoever asks', async () => {
    const { driver } = start({
      times: [0],
      stage: { play: () => Promise.reject(new Error('no bus')) },
    });
    await expect(driver.done).rejects.toThrow('no bus');
    expect(driver.progress.state).toBe('failed');
    await driver.step();
  });

  test('what fails after a stop is the stop', async () => {
    const { driver } = start({
      times: [0],
      stage: {
        play: async () => {
          driver.stop();
          throw new Error('the client has been closed');
        },
      },
    });
    expect(await driver.done).toMatchObject({ state: 'stopped' });
  });

  test('a stretch without events ends at once', async () => {
    const { driver } = start({ times: [], options: { from: 5, to: 5 } });
    expect(await driver.done).toMatchObject({ state: 'ended', next: 5, sent: 0 });
    const filtered = start({ times: [], options: { from: 1, to: 9 } });
    expect(await filtered.driver.done).toMatchObject({ state: 'ended', next: 9, sent: 0 });
  });
});
