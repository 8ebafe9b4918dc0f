import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { BroadcastStage } from '../src/broadcast-stage.js';
import { ReplayDriver } from '../src/driver.js';
import { readItems } from '../src/read-items.js';
import { surveyReplay } from '../src/survey.js';
import { publishAt, startBus } from './support/bus.js';
import { SimulatedTime } from './support/simulated-time.js';

const t0 = 1_700_000_000;
const filter = { types: ['numbers'] };

describe('over a bus', () => {
  test('the items of a page have their place, and their time by either clock', async () => {
    const client = await startBus();
    await publishAt(client, [t0, t0 + 1, t0 + 2, t0 + 3]);
    const { next: end } = await client.hello();
    const own = await readItems({ client, from: 1, to: end, filter });
    const first = own.items[0]!.seq;
    expect(own.items.map(({ seq, time }) => [seq - first, time - t0])).toEqual([
      [0, 0],
      [1, 1],
      [2, 2],
      [3, 3],
    ]);
    expect(own.next).toBe(end);
    const appended = await readItems({ client, from: 1, to: end, filter, clock: 'appended' });
    expect(appended.items.map(({ time }) => time)).toEqual(own.items.map(({ appended_at }) => appended_at));
    expect(appended.items[0]!.time).toBeGreaterThan(t0 + 60);
    const cut = await readItems({ client, from: 1, to: first + 2, filter });
    expect(cut).toMatchObject({ next: first + 2, items: [{ seq: first }, { seq: first + 1 }] });
  });

  test('a replay at a pace has each event broadcast when it is due', async () => {
    const client = await startBus();
    await publishAt(client, [t0, t0 + 1, t0 + 1, t0 + 60]);
    const { next: to } = await client.hello();
    const asked: Array<[count: number, at_ms: number]> = [];
    const time = new SimulatedTime();
    const begun = time.now();
    const watched: Pick<typeof client, 'fetch' | 'replay'> = {
      fetch: (...request) => client.fetch(...request),
      replay: async (request) => {
        const reply = await client.replay(request);
        asked.push([reply.sent + reply.unheard, time.now() - begun]);
        return reply;
      },
    };
    const stage = new BroadcastStage({ client: watched, name: 'r', filter });
    const driver = new ReplayDriver({ stage, from: 1, to, gap_ms_max: 5_000, timers: time });
    // Answers take their own time: the clock is moved only when the driver waits for it.
    while (driver.progress.state === 'playing') {
      if (time.next_ms === null) await turn();
      else await time.advance(time.next_ms);
    }
    expect(asked).toEqual([
      [1, 0],
      [2, 1_000],
      [1, 6_000],
    ]);
    expect(driver.progress).toMatchObject({ state: 'ended', next: to, unheard: 4, at: t0 + 60 });
  });

  test('a replay at full speed leaves the pace to the bus, request after request', async () => {
    const client = await startBus();
    await publishAt(client, [t0, t0 + 3_600, t0 + 7_200]);
    const { next: to } = await client.hello();
    const few = { fetch: client.fetch.bind(client), replay: client.replay.bind(client) };
    const stage = new BroadcastStage({
      client: { ...few, replay: (request) => few.replay({ ...request, max_events: 2 }) },
      name: 'r',
      filter: { ...filter, symbols: ['A'] },
    });
    const driver = new ReplayDriver({ stage, from: 1, to, speed: 'max' });
    expect(await driver.done).toMatchObject({ state: 'ended', next: to, unheard: 2 });
  });

  test('a survey says what would be played, and how long that would take', async () => {
    const client = await startBus();
    await publishAt(client, [t0, t0 + 1, t0 - 5, t0 + 3_600]);
    const { next: to } = await client.hello();
    const stage = new BroadcastStage({ client, name: 'r', filter });
    const survey = await surveyReplay({ stage, from: 1, to, gap_ms_max: 10_000 });
    expect(survey).toMatchObject({ events: 4, missing: 0, duration_ms: 11_000 });
    expect([survey.first!.time, survey.last!.time]).toEqual([t0, t0 + 3_600]);
    const nothing = await surveyReplay({ stage, from: to, to });
    expect(nothing).toEqual({ events: 0, first: null, last: null, missing: 0, duration_ms: 0 });
  });

  test('a survey counts what retention has removed, and goes on behind it', async () => {
    const retention = { bytesMax: 8_192, ageMax_s: null };
    const client = await startBus({ segmentBytesMax: 4_096, retention_ms: 10, retention });
    await publishAt(
      client,
      Array.from({ length: 90 }, (_, n) => t0 + n),
    );
    while ((await client.hello()).first === 1) await client.ping();
    const { next: to } = await client.hello();
    const stage = new BroadcastStage({ client, name: 'r', filter });
    const survey = await surveyReplay({ stage, from: 1, to });
    expect(survey.missing).toBe(survey.first!.seq - 1);
    expect(survey.events).toBe(to - survey.first!.seq);
  });
});
