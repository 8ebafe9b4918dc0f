import { describe, expect, test } from 'vitest';
import { deadLetterRoutes } from '../src/routes/dead-letters.js';
import { App } from './support/app.js';
import { isBuilt, System, until } from './support/system.js';

const moment = 1_767_625_200;

function action(data: object): string {
  return JSON.stringify({ event_type: 'user_action', timestamp: moment, source: 'webapp', data });
}

const wrong = action({ action: 'login' });
const right = action({ action: 'login', user_id: '7' });

async function start(): Promise<{ system: System; app: App; place: number }> {
  const system = await System.start();
  const place = await system.refuse(wrong);
  return { system, place, app: new App(system, [deadLetterRoutes]) };
}

describe.skipIf(!isBuilt)('the requests for dead letters', () => {
  test('a person looks, tries, corrects, and what was refused is an event, once', async () => {
    const { system, app, place } = await start();
    const url = `/api/dead-letters/${place}`;
    expect(await app.get('/api/dead-letters?status=open&types=user_action')).toMatchObject({
      status: 200,
      body: { letters: [{ id: place, status: 'open' }], next: null, counts: { open: 1 } },
    });
    expect(await app.get(url)).toMatchObject({
      status: 200,
      body: { id: place, examined: { passes: false } },
    });
    // Looking at what it would be like changes nothing, and needs no token.
    const tried = await app.send('POST', `${url}/examine`, { payload: right }, null);
    expect(tried).toEqual({ status: 200, body: { passes: true, issues: [], cautions: [], lost: [] } });
    expect(await app.send('POST', `${url}/correct`, { payload: right }, null)).toMatchObject({
      status: 401,
      body: { error: { code: 'token', remedy: expect.any(String) } },
    });
    expect(await system.logged()).toEqual([]);
    const both = await Promise.all([
      app.send('POST', `${url}/correct`, { payload: right, reason: 'the form forgot it' }),
      app.send('POST', `${url}/correct`, { payload: right, reason: 'the form forgot it' }),
    ]);
    expect(both.map(({ status }) => status)).toEqual([200, 200]);
    expect(both[0]!.body).toMatchObject({ action: 'corrected', refused: null });
    expect(await system.logged()).toMatchObject([
      { event_type: 'user_action' },
      { event_type: 'dead_letter_resolved', data: { reason: 'the form forgot it', by: expect.any(String) } },
    ]);
    expect(await system.logged()).toHaveLength(2);
    await until(async () => ((await app.get(url)).body as { status: string }).status === 'corrected');
  });

  test('discarding one wants a reason, and keeps it', async () => {
    const { app, place } = await start();
    const url = `/api/dead-letters/${place}`;
    for (const body of [{}, { reason: '' }, { reason: '   ' }, { reason: 'x'.repeat(501) }]) {
      const { status, body: answer } = await app.send('POST', `${url}/discard`, body);
      expect(status).toBe(400);
      expect(answer).toMatchObject({ error: { code: 'bad_request', issues: [{ path: 'reason' }] } });
    }
    expect(await app.send('POST', `${url}/discard`, { reason: 'a test of the adapter' })).toMatchObject({
      status: 200,
      body: { action: 'discarded', seq: null, repeat: false },
    });
    await until(async () => ((await app.get(url)).body as { status: string }).status === 'discarded');
    expect((await app.get(url)).body).toMatchObject({ resolutions: [{ reason: 'a test of the adapter' }] });
  });

  test('every mistake is told with what was found and what is right', async () => {
    const { system, app, place } = await start();
    const url = `/api/dead-letters/${place}`;
    const told = async (answer: Promise<{ status: number; body: unknown }>) => {
      const { status, body } = await answer;
      const { error } = body as {
        error: { code: string; found?: string; expected?: string; remedy?: string };
      };
      expect(typeof error.found).toBe('string');
      expect(typeof error.expected).toBe('string');
      expect(typeof error.remedy).toBe('string');
      return [status, error.code];
    };
    expect(await told(app.get('/api/dead-letters?status=eaten'))).toEqual([400, 'bad_request']);
    expect(await told(app.get('/api/dead-letters?limit=501'))).toEqual([400, 'bad_request']);
    expect(await told(app.get('/api/dead-letters/abc'))).toEqual([400, 'bad_request']);
    expect(await told(app.get(`/api/dead-letters/${place + 1}`))).toEqual([404, 'no_such_letter']);
    expect(await told(app.send('POST', `${url}/retry`, {}))).toEqual([409, 'still_invalid']);
    expect(await told(app.send('POST', `${url}/correct`, { payload: wrong }))).toEqual([
      400,
      'still_invalid',
    ]);
    expect(await told(app.send('POST', `${url}/correct`, '{'))).toEqual([400, 'bad_request']);
    const large = { payload: 'x'.repeat(9 * 1024 * 1024) };
    expect(await told(app.send('POST', `${url}/correct`, large))).toEqual([413, 'too_large']);
    await system.killBus();
    const { status, body } = await app.send('POST', `${url}/correct`, { payload: right });
    expect([status, body]).toMatchObject([503, { error: { remedy: expect.any(String) } }]);
  });
});
