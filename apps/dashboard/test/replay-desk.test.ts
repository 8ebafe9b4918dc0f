import { describe, expect, onTestFinished, test } from 'vitest';
import { ReplayDesk, type ReplayDeskOptions } from '../src/replays/desk.js';
import { type Heard, listen } from './support/live-feed.js';
import { isBuilt, System, until } from './support/system.js';

const t0 = 1_767_625_200;

function numbers(timestamp: number): object {
  return { event_type: 'numbers', timestamp, source: 'test', data: { n: timestamp } };
}

function deskOf(system: System, options: Partial<ReplayDeskOptions> = {}): ReplayDesk {
  const stop = new AbortController();
  onTestFinished(() => stop.abort());
  const times = [t0, t0 + 1, t0 + 2, t0 + 3];
  let first = 0;
  const find: ReplayDeskOptions['find'] = async ({ from, to }) => {
    first ||= await firstOf(system);
    const asked = times.filter((time) => time >= from && time <= (to ?? time));
    if (asked.length === 0) return null;
    const seqOf = (time: number) => first + times.indexOf(time);
    return { logId: null, from: seqOf(asked[0]!), to: to === null ? null : seqOf(asked.at(-1)!) + 1 };
  };
  return new ReplayDesk({ place: system.place, find, signal: stop.signal, ...options });
}

/** The `seq` of the first event of the four. */
async function firstOf(system: System): Promise<number> {
  const client = await system.client();
  const { runs } = await client.fetch({ from: 'start', filter: { types: ['first'] } });
  return runs[0]![0] + 1;
}

async function startHistory(): Promise<System> {
  const system = await System.start({ collects: false });
  await system.publish({ event_type: 'first', timestamp: t0 - 1, source: 'test', data: {} });
  await system.publish(numbers(t0), numbers(t0 + 1), numbers(t0 + 2), numbers(t0 + 3));
  return system;
}

function timesOf(heard: readonly Heard[], id: string): number[] {
  const marked = heard.filter(({ event }) => event.replay?.id === id);
  return marked.map(({ event }) => event.timestamp - t0);
}

describe.skipIf(!isBuilt)('the desk of replays, over a real bus', () => {
  test('a replay arrives under replay., marked, and nothing of it under bitten.', async () => {
    const system = await startHistory();
    const heard = await listen(system, numbers(t0 - 1_000));
    const desk = deskOf(system);
    const { id } = await desk.start({ from: t0, to: t0 + 2, speed: 'max', types: ['numbers'] });
    await until(() => desk.get(id).state === 'ended');
    await until(() => timesOf(heard, id).length >= 3);
    expect(timesOf(heard, id)).toEqual([0, 1, 2]);
    expect(
      heard
        .filter(({ event }) => event.replay !== undefined)
        .every(({ topic }) => topic === 'replay.numbers'),
    ).toBe(true);
    const live = heard.filter(({ topic }) => topic.startsWith('bitten.'));
    expect(live.filter(({ event }) => event.timestamp >= t0)).toEqual([]);
    expect(desk.get(id)).toMatchObject({ sent: 3, unheard: 0, topic: 'replay.', why: null });
  });

  test('one that begins paused is stepped through, hurried and set going', async () => {
    const system = await startHistory();
    const heard = await listen(system, numbers(t0 - 1_000));
    const desk = deskOf(system);
    const { id, state } = await desk.start({
      from: t0,
      to: t0 + 3.5,
      speed: 0.1,
      types: ['numbers'],
      paused: true,
    });
    expect(state).toBe('paused');
    expect(await desk.change(id, { step: 2 })).toMatchObject({ state: 'paused', sent: 2, at: t0 + 1 });
    await until(() => timesOf(heard, id).length === 2);
    expect(await desk.change(id, { speed: 1_000, paused: false })).toMatchObject({ speed: 1_000 });
    await until(() => desk.get(id).state === 'ended');
    await until(() => timesOf(heard, id).length >= 4);
    expect(timesOf(heard, id).slice(0, 4)).toEqual([0, 1, 2, 3]);
    await expect(desk.change(id, { paused: true })).rejects.toMatchObject({
      status: 409,
      code: 'replay_over',
    });
  });

  test('four at a time, a fifth when one of them is stopped', async () => {
    const system = await startHistory();
    const desk = deskOf(system);
    const start = { from: t0, speed: 1, paused: true };
    // All at the same moment: none of them may slip past the others.
    const begun = await Promise.allSettled(Array.from({ length: 6 }, () => desk.start(start)));
    const refused = begun.filter(({ status }) => status === 'rejected');
    expect(refused).toHaveLength(2);
    expect(refused[0]).toMatchObject({ reason: { status: 409, code: 'too_many_replays' } });
    const [first] = desk.list();
    await desk.stop(first!.id);
    await desk.start(start);
    expect(desk.list().map(({ state }) => state)).toEqual([
      'paused',
      'stopped',
      'paused',
      'paused',
      'paused',
    ]);
  });

  test('one that is over is remembered for an hour', async () => {
    const system = await startHistory();
    let now = 1_800_000_000;
    const desk = deskOf(system, { now: () => now });
    const { id } = await desk.start({ from: t0, speed: 'max' });
    await until(() => desk.get(id).state === 'ended');
    now += 3_599;
    expect(desk.list()).toHaveLength(1);
    now += 2;
    expect(desk.list()).toEqual([]);
    await expect(desk.change(id, { paused: true })).rejects.toMatchObject({ status: 404 });
  });

  test('waits while the bus is away, says so, and goes on where it was', async () => {
    const system = await startHistory();
    let now = 1_800_000_000;
    const desk = deskOf(system, { now: () => now });
    const { id } = await desk.start({ from: t0, to: t0 + 2.5, speed: 1, types: ['numbers'], paused: true });
    await desk.change(id, { step: 1 });
    await system.killBus();
    // It does not wait for the step: the page is told why it does not come.
    await desk.change(id, { step: 1 });
    await until(() => desk.get(id).why !== null);
    expect(desk.get(id)).toMatchObject({
      state: 'paused',
      why: expect.stringContaining('waiting for the bus'),
    });
    await system.startBus();
    await until(() => desk.get(id).at === t0 + 1);
    expect(desk.get(id).why).toBe(null);
    await system.killBus();
    await desk.change(id, { speed: 'max', paused: false });
    await until(() => desk.get(id).why !== null);
    expect(await desk.stop(id)).toMatchObject({ state: 'stopped' });
    await expect(desk.start({ from: t0, speed: 1 })).rejects.toMatchObject({ code: 'bus_away' });
    // And it is over, though the bus has not come back: it is forgotten like any other.
    await until(() => {
      now += 3_601;
      return desk.list().length === 0;
    });
  });

  test('nothing to play, and a speed that is none, are told before anything is started', async () => {
    const system = await startHistory();
    const desk = deskOf(system);
    const nothing = { status: 400, code: 'nothing_to_replay' };
    await expect(desk.start({ from: t0 + 60, speed: 1 })).rejects.toMatchObject(nothing);
    await expect(desk.start({ from: t0 + 1, to: t0 + 0.9, speed: 1 })).rejects.toMatchObject(nothing);
    await expect(desk.start({ from: t0 + 0.2, to: t0 + 0.7, speed: 1 })).rejects.toMatchObject(nothing);
    for (const speed of [0, -1, 1_001, Number.NaN]) {
      await expect(desk.start({ from: t0, speed })).rejects.toMatchObject({ status: 400, code: 'bad_speed' });
    }
    expect(desk.list()).toEqual([]);
  });

  test('a store of another log than the bus has is no guide to what is to be played', async () => {
    const system = await startHistory();
    const desk = deskOf(system, { find: async () => ({ logId: 'another', from: 1, to: null }) });
    await expect(desk.start({ from: t0, speed: 1 })).rejects.toMatchObject({
      status: 503,
      code: 'other_log',
    });
  });
});
