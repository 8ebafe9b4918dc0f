import { describe, expect, test } from 'vitest';
import type { Replay } from '../src/api/index.js';
import { deadLetterRoutes } from '../src/routes/dead-letters.js';
import { replayRoutes } from '../src/routes/replays.js';
import { App } from './support/app.js';
import { at, deskDay } from './support/desk-day.js';
import { isBuilt, System, until } from './support/system.js';

const wrong = '{"event_type":"user_action","timestamp":1,"source":"webapp","data":{"action":"login"}}';
const right = wrong.replace('"action"', '"user_id":"7","action"');

describe.skipIf(!isBuilt)('a bus that lets in only who has a key', () => {
  test('is asked with the key of the dashboard, for replays and for dead letters', async () => {
    const system = await System.start({ isGuarded: true });
    await system.publish(...deskDay);
    const place = await system.refuse(wrong);
    await system.settled();
    const app = new App(system, [replayRoutes, deadLetterRoutes]);
    const begun = await app.send('POST', '/api/replays', {
      from: at('06:00:00'),
      to: at('15:00:00'),
      speed: 'max',
    });
    expect(begun.status).toBe(201);
    await until(async () => ((await app.get('/api/replays')).body as Replay[])[0]!.state === 'ended');
    expect(await app.send('POST', `/api/dead-letters/${place}/correct`, { payload: right })).toMatchObject({
      status: 200,
      body: { action: 'corrected' },
    });
  });

  test('says so where the dashboard has none', async () => {
    const system = await System.start({ isGuarded: true });
    await system.publish(...deskDay);
    const place = await system.refuse(wrong);
    await system.settled();
    system.place.keyFile = null;
    const app = new App(system, [replayRoutes, deadLetterRoutes]);
    const refused = { status: 503, body: { error: { code: 'key_refused', remedy: expect.any(String) } } };
    const start = { from: at('06:00:00'), speed: 1 };
    expect(await app.send('POST', '/api/replays', start)).toMatchObject(refused);
    expect(await app.send('POST', `/api/dead-letters/${place}/correct`, { payload: right })).toMatchObject(
      refused,
    );
  });
});
