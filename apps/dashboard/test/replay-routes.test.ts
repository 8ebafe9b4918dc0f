import { describe, expect, test } from 'vitest';
import type { Replay } from '../src/api/index.js';
import { replayRoutes } from '../src/routes/replays.js';
import { App } from './support/app.js';
import { at, deskDay } from './support/desk-day.js';
import { listen } from './support/live-feed.js';
import { isBuilt, System, until } from './support/system.js';

const hello = { event_type: 'hello', timestamp: at('05:00:00'), source: 'test', data: {} };

async function start(): Promise<{ system: System; app: App }> {
  const system = await System.start();
  await system.publish(...deskDay);
  await system.settled();
  return { system, app: new App(system, [replayRoutes]) };
}

describe.skipIf(!isBuilt)('the requests for replays', () => {
  test('one from 14:30 to 14:41 arrives at a socket on replay., in order, and on no other topic', async () => {
    const { system, app } = await start();
    const heard = await listen(system, hello);
    const begun = await app.send('POST', '/api/replays', {
      from: at('14:30:00'),
      to: at('14:41:00'),
      speed: 'max',
    });
    expect(begun.status).toBe(201);
    const { id } = begun.body as Replay;
    const shown = async () =>
      ((await app.get('/api/replays')).body as Replay[]).find((each) => each.id === id)!;
    await until(async () => (await shown()).state === 'ended');
    const { sent, unheard } = await shown();
    const replayed = () => heard.filter(({ event }) => event.replay?.id === id);
    await until(() => replayed().length === sent);
    expect([sent, unheard]).toEqual([9, 0]);
    expect(replayed().map(({ topic }) => topic)).toEqual([
      'replay.balance_update',
      'replay.market_data',
      'replay.market_data',
      'replay.system_health',
      'replay.trade_outcome',
      'replay.signal_outcome',
      'replay.balance_update',
      'replay.signal_generated',
      'replay.fire_command',
    ]);
    // What happened that day was heard under `bitten.` by nobody who began to listen later.
    const live = heard.filter(({ topic }) => topic.startsWith('bitten.'));
    expect(
      live.filter(({ event }) => event.timestamp >= at('05:59:00') && event.timestamp <= at('14:50:00')),
    ).toEqual([]);
    expect(live.some(({ event }) => event.replay !== undefined)).toBe(false);
  });

  test('one is paused, stepped, hurried and stopped', async () => {
    const { app } = await start();
    const begun = await app.send('POST', '/api/replays', { from: at('06:00:00'), speed: 10, paused: true });
    expect(begun.body).toMatchObject({ state: 'paused', sent: 0, at: null, topic: 'replay.' });
    const url = `/api/replays/${(begun.body as Replay).id}`;
    const stepped = await app.send('PATCH', url, { step: 3 });
    expect(stepped).toMatchObject({ status: 200, body: { state: 'paused', unheard: 3, at: at('06:02:00') } });
    expect(await app.send('PATCH', url, { speed: 0.5 })).toMatchObject({
      body: { state: 'paused', speed: 0.5 },
    });
    expect(await app.send('PATCH', url, { paused: false })).toMatchObject({ body: { state: 'playing' } });
    expect(await app.send('DELETE', url)).toMatchObject({ status: 200, body: { state: 'stopped' } });
    expect(await app.send('PATCH', url, { paused: false })).toMatchObject({ status: 409 });
  });

  test('an open page is told how far one has come', async () => {
    const { app } = await start();
    const { body } = app.hub.open(null);
    const told: Replay[][] = [];
    const hear = async () => {
      const decoder = new TextDecoder();
      for await (const chunk of body) {
        const [, json] = /event: replays\ndata: (.*)\n/.exec(decoder.decode(chunk)) ?? [];
        if (json !== undefined) told.push(JSON.parse(json) as Replay[]);
      }
    };
    void hear();
    const begun = await app.send('POST', '/api/replays', { from: at('06:00:00'), speed: 1, paused: true });
    await until(() => told.length > 0);
    const { id } = begun.body as Replay;
    await app.send('PATCH', `/api/replays/${id}`, { step: 2 });
    await until(() => told.at(-1)?.[0]?.unheard === 2);
    await app.send('DELETE', `/api/replays/${id}`);
    await until(() => told.at(-1)?.[0]?.state === 'stopped');
    // Nothing has happened in between that a page had to be told.
    expect(told.length).toBeLessThanOrEqual(3);
  });

  test('every mistake is told with what was found and what is right, and starts nothing', async () => {
    const { system, app } = await start();
    const post = (body: unknown, token?: null) => app.send('POST', '/api/replays', body, token);
    const told = {
      error: {
        code: expect.any(String),
        found: expect.any(String),
        expected: expect.any(String),
        remedy: expect.any(String),
      },
    };
    const from = at('06:00:00');
    const mistakes = [
      {},
      { from: 'noon', speed: 1 },
      { from, speed: 'fast' },
      { from, speed: 0 },
      { from, speed: 5_000 },
      { from, to: from - 1, speed: 1 },
      { from: at('06:00:10'), to: at('06:00:20'), speed: 1 },
      { from: 4_000_000_000, speed: 1 },
      { from, speed: 1, types: [7] },
    ];
    for (const body of mistakes) expect(await post(body)).toMatchObject({ status: 400, body: told });
    expect(await post({ from, speed: 1 }, null)).toMatchObject({ status: 401, body: told });
    expect(await app.send('PATCH', '/api/replays/none', { step: 1 })).toMatchObject({
      status: 404,
      body: told,
    });
    const all = await Promise.all(Array.from({ length: 5 }, () => post({ from, speed: 1, paused: true })));
    expect(all.map(({ status }) => status).sort()).toEqual([201, 201, 201, 201, 409]);
    const [first] = (await app.get('/api/replays')).body as Replay[];
    for (const step of [0, 1.5, 1_001]) {
      expect(await app.send('PATCH', `/api/replays/${first!.id}`, { step })).toMatchObject({
        status: 400,
        body: told,
      });
    }
    await app.send('DELETE', `/api/replays/${first!.id}`);
    await system.killBus();
    expect(await post({ from, speed: 1 })).toMatchObject({ status: 503, body: told });
  });
});
