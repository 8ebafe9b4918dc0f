import type { ReplayProgress } from '@bitten/replay';
import { UsageError } from '@bitten/runtime';
import { describe, expect, test } from 'vitest';
import { describeProgress, describeResult, describeSurvey, resultOf } from '../src/replay/describe.js';
import { Keys } from '../src/replay/keys.js';
import { parseSpeed, planOf, type ReplayFlags } from '../src/replay/plan.js';
import { endOf, hears, isBuilt, linesOf, Place } from './support/processes.js';

const now = new Date('2026-11-22T23:35:01Z');
const plan = (flags: Partial<ReplayFlags>) => planOf({ speed: '1', clock: 'own', ...flags }, now);

describe('what is to be replayed', () => {
  test('is a stretch from a place or a time to another', () => {
    expect(plan({ from: 'start' })).toMatchObject({ from: 'start', to: 'end' });
    // The seq that is named is the last one played.
    expect(plan({ from: '48211', to: '48300' })).toMatchObject({ from: 48_211, to: 48_301 });
    expect(plan({ from: '2026-03-02T09:00Z', to: '2026-03-02T10:00Z' })).toMatchObject({
      from: { time: 1_772_442_000 },
      to: { time: 1_772_445_600 },
    });
    const { from } = plan({ since: '1h' });
    expect((from as { time: number }).time).toBeCloseTo(Date.now() / 1000 - 3600, -1);
  });

  test('may be chosen by types, in either spelling', () => {
    expect(plan({ from: '1', type: ['a'], types: ['b'], symbol: ['EURUSD'] }).filter).toEqual({
      types: ['a', 'b'],
      symbols: ['EURUSD'],
    });
  });

  test('has a name that says when', () => {
    expect(plan({ from: '1' }).name).toBe('replay-20261122-233501');
    expect(plan({ from: '1', name: 'friday' }).name).toBe('friday');
  });

  test.each<[string, Partial<ReplayFlags>]>([
    ['nowhere to begin', {}],
    ['two places to begin', { from: '1', since: '1h' }],
    ['a number that is no place', { from: '1.5' }],
    ['a word that is none', { from: 'yesterday' }],
    ['a speed of nothing', { from: '1', speed: '0' }],
    ['a speed in words', { from: '1', speed: 'fast' }],
    ['another clock', { from: '1', clock: 'wall' }],
    ['a gap that is no time', { from: '1', gapMax: 'long' }],
    ['a name with a blank', { from: '1', name: 'friday evening' }],
  ])('is refused with %s', (_, flags) => {
    expect(() => plan(flags)).toThrow(UsageError);
  });

  test.each([
    ['1', 1],
    ['10', 10],
    ['x10', 10],
    ['0.5x', 0.5],
    ['max', 'max'],
  ])('runs at speed %s', (text, speed) => {
    expect(parseSpeed(text, '--speed')).toBe(speed);
  });
});

describe('whoever watches', () => {
  function pressing(keys: string): string[] {
    const done: string[] = [];
    const listener = new Keys({
      step: async (count) => void done.push(`step ${count}`),
      toggle: () => void done.push('toggle'),
      hurry: (factor) => void done.push(`hurry ${factor}`),
      quit: () => void done.push('quit'),
    });
    for (const key of keys) listener.press(key);
    return done;
  }

  test('steps with Enter, by as many as the number before it says', () => {
    expect(pressing('\r\r12\r\n')).toEqual(['step 1', 'step 1', 'step 12', 'step 1']);
    expect(pressing('0\r')).toEqual([]);
  });

  test('pauses, hurries and ends with a key, which forgets a number', () => {
    expect(pressing('3 +-\rq')).toEqual(['toggle', 'hurry 2', 'hurry 0.5', 'step 1', 'quit']);
    expect(pressing('zy')).toEqual([]);
  });
});

describe('what is said of a replay', () => {
  const progress: ReplayProgress = {
    ...{ from: 1, to: 11, next: 5, sent: 3, unheard: 1, missing: 2, at: null, speed: 10 },
    state: 'stopped',
  };

  test('at its end', () => {
    expect(describeResult(resultOf('friday', progress, 1.25))).toBe(
      `friday: 4 events replayed in 1.3 s
  1 of them to nobody: no one subscribes to them
  2 that retention has removed
  stopped at 5 of 10; to go on: --from 5
`,
    );
  });

  test('while it runs', () => {
    expect(describeProgress(progress, 0)).toBe('stopped  40 %  seq 5 of 10  x10  3 sent  1 unheard');
  });

  test('before it runs', () => {
    const place = { seq: 1, time: 1 };
    const found = { from: 1, to: 11, events: 1, missing: 0, first: place, last: place, duration_s: null };
    expect(describeSurvey(found, 'max', 0)).toContain('as fast as it goes');
    expect(describeSurvey({ ...found, events: 0, first: null, last: null }, 1, 0)).toBe(
      '0 events would be replayed\n',
    );
  });
});

describe.skipIf(!isBuilt)('with a bus', { timeout: 60_000 }, () => {
  async function placeWithEvents(): Promise<Place> {
    const place = await Place.make();
    await place.startBus();
    const { code } = await place.run(['publish', 'numbers', '{"n":{{Count}}}', '--count', '5']);
    expect(code).toBe(0);
    return place;
  }

  test('a dry run plays nothing, and says what it would', async () => {
    const place = await placeWithEvents();
    const args = ['replay', '--from', 'start', '--type', 'numbers', '--dry-run'];
    const { code, stdout, stderr } = await place.run([...args, '--json']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(JSON.parse(stdout)).toMatchObject({ events: 5, missing: 0, first: { seq: 2 }, last: { seq: 6 } });
    expect((await place.run(args)).stdout).toContain('5 events would be replayed');
  });

  test('it plays what it is asked for, and warns once where nobody hears it', async () => {
    const place = await placeWithEvents();
    const args = ['replay', '--from', '3', '--to', '5', '--speed', 'max', '--json'];
    const { code, stdout, stderr } = await place.run(args);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      state: 'ended',
      from: 3,
      to: 6,
      next: 6,
      sent: 0,
      unheard: 3,
    });
    expect(linesOf(stderr)).toHaveLength(1);
    expect(stderr).toContain('nobody subscribes');
  });

  test('it plays step by step what a pipe says, shows it, and ends with the pipe', async () => {
    const place = await placeWithEvents();
    const { code, stdout, stderr } = await place.run(['replay', '--from', '2', '--step'], {
      input: '\n2\nwhat?\n',
    });
    expect(code).toBe(0);
    expect(linesOf(stdout).map((line) => /n=(\d)/.exec(line)?.[1])).toEqual(
      expect.arrayContaining(['1', '2', '3']),
    );
    expect(stdout).toContain('stopped at 5 of 6; to go on: --from 5');
    expect(stderr).toContain('not understood: what?');
  });

  test('Ctrl-C ends it with 130, in good order', async () => {
    const place = await placeWithEvents();
    // As slowly as that it would take for hours.
    const child = place.start(['replay', '--from', 'start', '--speed', '0.000001', '--json']);
    const ended = endOf(child);
    await hears(child, 'stderr', /nobody subscribes/);
    child.kill('SIGINT');
    const { code, stdout } = await ended;
    expect(code).toBe(130);
    expect(JSON.parse(stdout)).toMatchObject({ state: 'stopped' });
  });

  test('it is told how it is called where it is called wrongly', async () => {
    const place = await Place.make();
    expect(await place.run(['replay'])).toMatchObject({ code: 2, stdout: '' });
  });
});
