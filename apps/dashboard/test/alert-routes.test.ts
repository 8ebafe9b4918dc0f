import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Alert } from '@bitten/alerts';
import { AlertBook } from '@bitten/notify';
import { describe, expect, test } from 'vitest';
import { AlertDesk } from '../src/alerts/alert-desk.js';
import type { AlertRow, AlertsPage, Silence } from '../src/api/index.js';
import { alertRoutes } from '../src/routes/alerts.js';
import { App } from './support/app.js';
import { isBuilt, System, until } from './support/system.js';

const moment = Date.now() / 1000 - 60;

function alertOf(n: number, more: Partial<Alert> = {}): Alert {
  return {
    id: `fire-stuck/F${n}/${n}`,
    rule: 'fire-stuck',
    severity: 'critical',
    state: 'firing',
    key: `F${n}`,
    message: `fire F${n} has not been executed within 5s`,
    at: moment + n,
    since: moment,
    value: null,
    seq: n,
    correlation_id: `chain-${n}`,
    suppressed: 0,
    ...more,
  };
}

/** The book of a system, as the process of the alerts has it open. */
function bookOf(system: System): { say: (...alerts: Alert[]) => void; book: AlertBook } {
  const book = new AlertBook({ dataDir: system.dataDir });
  system.over(() => book.close());
  const checkpoint = { log_id: 'log', next: 1, engine: {} as never };
  const routesOf = () => [{ channel: 'desk', group_key: 'all', wait_s: 0 }];
  const rule = {
    name: 'fire-stuck',
    description: 'A fire that nobody executes.',
    severity: 'critical' as const,
    condition: 'a fire without an execution within 5s',
    channels: ['desk'],
  };
  book.tellStatus({ rules: [rule], channels: [{ name: 'desk', kind: 'webhook' }], rules_problem: 'line 3' });
  return { book, say: (...alerts) => void book.commit({ checkpoint, alerts, routesOf }) };
}

async function start(): Promise<{ system: System; app: App }> {
  const system = await System.start({ collects: false });
  return { system, app: new App(system, [alertRoutes]) };
}

describe.skipIf(!isBuilt)('the requests for alerts', () => {
  test('where the alerts have never run there are none, and looking makes no book', async () => {
    const { app, system } = await start();
    expect(await app.get('/api/alerts')).toMatchObject({
      status: 200,
      body: { running: false, open: [], rules: [] },
    });
    expect(new AlertDesk({ dataDir: system.dataDir }).summary()).toBe(null);
    expect(await app.send('DELETE', '/api/silences/1')).toMatchObject({ status: 404 });
    expect(existsSync(join(system.dataDir, 'alerts.db'))).toBe(false);
  });

  test('a book that is moved away is no longer read', async () => {
    const { app, system } = await start();
    bookOf(system).say(alertOf(1));
    expect((await app.get('/api/alerts')).body).toMatchObject({ open: [{ key: 'F1' }] });
    for (const end of ['', '-wal', '-shm']) rmSync(join(system.dataDir, `alerts.db${end}`), { force: true });
    expect((await app.get('/api/alerts')).body).toMatchObject({ open: [], rules: [] });
    // And the one that takes its place is.
    bookOf(system).say(alertOf(2));
    expect((await app.get('/api/alerts')).body).toMatchObject({ open: [{ key: 'F2' }] });
  });

  test('a page shows what holds, what was, who is told, and a rule file that is wrong', async () => {
    const { app, system } = await start();
    const { say, book } = bookOf(system);
    // What has merely happened does not fire, though it is open until somebody acknowledges it.
    say(alertOf(3, { state: 'happened' }), alertOf(1), alertOf(2));
    say(alertOf(1, { id: 'fire-stuck/F1/1/resolved', state: 'resolved' }));
    const { body } = await app.get('/api/alerts?limit=2');
    const page = body as AlertsPage;
    expect(page).toMatchObject({
      running: true,
      rules_problem: 'line 3',
      rules: [{ name: 'fire-stuck', condition: 'a fire without an execution within 5s', firing: 1 }],
      channels: [{ name: 'desk', kind: 'webhook', waiting: 4, delivered: 0 }],
    });
    expect(page.open.map(({ key, state }) => [key, state])).toEqual([
      ['F2', 'firing'],
      ['F3', 'happened'],
    ]);
    expect(page.history.map(({ key, state }) => [key, state])).toEqual([
      ['F1', 'resolved'],
      ['F2', 'firing'],
    ]);
    expect(page.open[0]).toMatchObject({
      correlation_id: 'chain-2',
      deliveries: [{ channel: 'desk', state: 'waiting' }],
    });
    const rest = (await app.get(`/api/alerts?limit=2&before=${page.next}`)).body as AlertsPage;
    expect(rest).toMatchObject({ history: [{ id: alertOf(1).id }, { key: 'F3' }], next: null });
    book.tellStopped();
    expect((await app.get('/api/alerts')).body).toMatchObject({ running: false });
    const desk = new AlertDesk({ dataDir: system.dataDir });
    system.over(() => desk.close());
    expect(desk.summary()).toEqual({ open: 2, critical: 2, waiting_deliveries: 4, running: false });
  });

  test('one is acknowledged, by its id, with who and why', async () => {
    const { app, system } = await start();
    bookOf(system).say(alertOf(1));
    const { id } = alertOf(1);
    expect(
      await app.send('POST', '/api/alerts/acknowledge', { id, note: 'calling the broker' }, null),
    ).toMatchObject({
      status: 401,
    });
    const taken = await app.send('POST', '/api/alerts/acknowledge', { id, note: 'calling the broker' });
    expect(taken).toMatchObject({
      status: 200,
      body: { id, acknowledged: { at: expect.any(Number), by: 'ann', note: 'calling the broker' } },
    });
    const { body } = await app.get(`/api/alerts/${encodeURIComponent(id)}`);
    expect((body as AlertRow).acknowledged).toMatchObject({ by: 'ann' });
    // It still holds: that somebody is on it does not end it.
    expect((await app.get('/api/alerts')).body).toMatchObject({ open: [{ id }] });
  });

  test('a silence keeps what comes from being delivered, until it is ended', async () => {
    const { app, system } = await start();
    const { say } = bookOf(system);
    const until_s = Date.now() / 1000 + 3_600;
    const wanted = { rule: 'fire-stuck', key: 'F1', until: until_s, reason: 'the broker is closed' };
    const { status, body } = await app.send('POST', '/api/silences', wanted);
    expect([status, body]).toMatchObject([201, { ...wanted, by: 'ann', from: expect.any(Number) }]);
    const { id } = body as Silence;
    say(alertOf(1), alertOf(2));
    const page = (await app.get('/api/alerts')).body as AlertsPage;
    expect(
      page.history.map(({ key, silenced_by, deliveries }) => [key, silenced_by, deliveries[0]!.state]),
    ).toEqual([
      ['F2', null, 'waiting'],
      ['F1', id, 'silenced'],
    ]);
    expect(page.silences).toMatchObject([{ id, reason: 'the broker is closed' }]);
    expect(await app.send('DELETE', `/api/silences/${id}`)).toEqual({ status: 200, body: { id } });
    expect((await app.get('/api/alerts')).body).toMatchObject({ silences: [] });
    expect(await app.send('DELETE', `/api/silences/${id}`)).toMatchObject({ status: 404 });
  });

  test('a silence can be laid before the alerts have ever run', async () => {
    const { app } = await start();
    const reason = 'the desk is being set up';
    const silence = { rule: null, key: null, until: Date.now() / 1000 + 60, reason };
    expect(await app.send('POST', '/api/silences', silence)).toMatchObject({ status: 201 });
    expect((await app.get('/api/alerts')).body).toMatchObject({ running: false, silences: [{ reason }] });
  });

  test('an open page is told of what comes, and of what somebody else does', async () => {
    const { app, system } = await start();
    const { say } = bookOf(system);
    const { body } = app.hub.open(null);
    const told: AlertsPage[] = [];
    void (async () => {
      const decoder = new TextDecoder();
      for await (const chunk of body) {
        const [, json] = /event: alerts\ndata: (.*)\n/.exec(decoder.decode(chunk)) ?? [];
        if (json !== undefined) told.push(JSON.parse(json) as AlertsPage);
      }
    })();
    say(alertOf(1));
    await until(() => told.at(-1)?.open.length === 1);
    await app.send('POST', '/api/alerts/acknowledge', { id: alertOf(1).id });
    await until(() => told.at(-1)?.open[0]?.acknowledged?.by === 'ann');
  });

  test('every mistake is told with what was found and what is right', async () => {
    const { app, system } = await start();
    bookOf(system).say(alertOf(1));
    const told = {
      error: {
        code: expect.any(String),
        found: expect.any(String),
        expected: expect.any(String),
        remedy: expect.any(String),
      },
    };
    const now = Date.now() / 1000;
    const silence = { rule: null, key: 'F1', until: now + 60, reason: 'a test' };
    const mistakes: Array<[path: string, body: object, status: number]> = [
      ['alerts/acknowledge', {}, 400],
      ['alerts/acknowledge', { id: 'none' }, 404],
      ['alerts/acknowledge', { id: alertOf(1).id, note: 'x'.repeat(501) }, 400],
      ['silences', { ...silence, reason: ' ' }, 400],
      ['silences', { ...silence, until: now - 1 }, 400],
      ['silences', { ...silence, from: now + 120 }, 400],
      ['silences', { ...silence, until: now + 400 * 86_400 }, 400],
      ['silences', { ...silence, key: '' }, 400],
      ['silences', { until: now + 60, reason: 'all' }, 400],
    ];
    for (const [path, body, status] of mistakes) {
      expect([body, await app.send('POST', `/api/${path}`, body)]).toMatchObject([
        body,
        { status, body: told },
      ]);
    }
    expect(await app.get('/api/alerts?before=x')).toMatchObject({ status: 400, body: told });
    expect(await app.get('/api/alerts/none')).toMatchObject({ status: 404, body: told });
    expect(await app.send('DELETE', '/api/silences/7')).toMatchObject({ status: 404, body: told });
    expect(await app.send('DELETE', '/api/silences/x')).toMatchObject({ status: 400, body: told });
    expect(await app.send('POST', '/api/silences', silence, null)).toMatchObject({ status: 401, body: told });
    expect((await app.get('/api/alerts')).body).toMatchObject({ silences: [] });
  });

  test('a book that is damaged is told, with what to do', async () => {
    const { app, system } = await start();
    writeFileSync(
      join(system.dataDir, 'alerts.db'),
      'this is no book of alerts, whatever its name says'.repeat(100),
    );
    expect(await app.get('/api/alerts')).toMatchObject({
      status: 503,
      body: { error: { code: 'bad_book', found: expect.any(String), remedy: expect.any(String) } },
    });
  });
});
