import { appendFileSync, copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { makeFile, makeFolder } from './support/files.js';
import { endOf, hears, isBuilt, linesOf, Place } from './support/processes.js';

// The built command against the built bus. What needs the collector as well is tested with the whole system.
describe.skipIf(!isBuilt)('with a bus', { timeout: 60_000 }, () => {
  test('publish prints a receipt, and tail the event', async () => {
    const place = await Place.make();
    await place.startBus();
    const published = await place.run([
      'publish',
      'user_action',
      '{"user_id":"7","action":"login"}',
      '--json',
    ]);
    expect(published).toMatchObject({ code: 0, stderr: '' });
    const { seq, level } = JSON.parse(published.stdout);
    expect(level).toBe('fsynced');
    const [event] = await place.events('user_action');
    expect(event).toMatchObject({ seq, source: 'cli', data: { user_id: '7', action: 'login' } });
  });

  test('an invalid event exits with 1, names the field, and is in the dead letters', async () => {
    const place = await Place.make();
    await place.startBus();
    const { code, stdout, stderr } = await place.run(['publish', 'user_action', '{"action":"login"}']);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain('data.user_id is missing');
    expect(stderr).toContain('bitten dead-letters list');
    expect((await place.runJson(['stats', '--json'])).bus.stats.dead_letters.next).toBe(2);
  });

  test('an event with a secret exits with 1, and says that it is neither sent nor kept', async () => {
    const place = await Place.make();
    await place.startBus();
    const secret = '{"user_id":"u1","action":"login","password":"hunter2"}';
    const { code, stdout, stderr } = await place.run(['publish', 'user_action', secret]);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain('It was not sent and not kept, because of the secret.');
    expect(stderr).not.toMatch(/dead letters|hunter2/);
    const input = `${secret}\n{"action":"login"}`;
    const both = await place.run(['publish', 'user_action'], { input });
    expect(both.stderr).toContain('1 event was not sent and not kept');
    expect(both.stderr).toContain('1 event is kept in the dead letters');
    expect((await place.runJson(['stats', '--json'])).bus.stats.dead_letters.next).toBe(2);
  });

  test('the user named beside the data is that of the data too', async () => {
    const place = await Place.make();
    await place.startBus();
    const published = await place.run(['publish', 'user_action', '-d', 'action=login', '--user', '7']);
    expect(published).toMatchObject({ code: 0, stderr: '' });
    const logins = makeFile('logins.jsonl', '{"at":"2026-03-02T09:00:00Z","uid":8,"what":"login"}\n');
    const how = '--type user_action --set action=what --user uid --timestamp at'.split(' ');
    expect(await place.runJson(['import', logins, ...how, '--json'])).toMatchObject({ stored: 1 });
    expect(await place.events('user_action')).toMatchObject([
      { user_id: '7', data: { user_id: '7', action: 'login' } },
      { user_id: '8', data: { user_id: '8', action: 'login' } },
    ]);
  });

  test('lines on standard input are events in their order, and a broken one stops none', async () => {
    const place = await Place.make();
    await place.startBus();
    const input = Array.from({ length: 5000 }, (_, n) => (n === 2500 ? '{broken' : `{"n":${n}}`)).join('\n');
    const { code, stdout, stderr } = await place.run(['publish', 'numbers', '-'], { input });
    expect(code).toBe(1);
    expect(linesOf(stdout)).toHaveLength(4999);
    expect(stderr).toContain('line 2501');
    const numbers = (await place.events('numbers')).map((event) => (event.data as { n: number }).n);
    expect(numbers).toEqual(Array.from({ length: 5000 }, (_, n) => n).filter((n) => n !== 2500));
  });

  test('tail shows every event once, through a kill of the bus', async () => {
    const place = await Place.make();
    await place.startBus();
    const tail = place.start(['tail', '--type', 'numbers', '--from', 'start', '--raw', '--count', '40']);
    const ended = endOf(tail);
    await place.run(['publish', 'numbers', '{"n":{{Count}}}', '--count', '20']);
    const waits = hears(tail, 'stderr', /waiting for the bus/);
    await place.killBus();
    await waits;
    await place.startBus();
    await place.run(['publish', 'numbers', '{"n":{{Count}}}', '--count', '20']);
    const { code, stdout } = await ended;
    expect(code).toBe(0);
    const numbers = linesOf(stdout).map((line) => JSON.parse(line).data.n);
    expect(numbers).toEqual([
      ...Array.from({ length: 20 }, (_, n) => n + 1),
      ...Array.from({ length: 20 }, (_, n) => n + 1),
    ]);
  });

  test('the last events that pass a filter are found behind many that do not', async () => {
    const place = await Place.make();
    await place.startBus();
    await place.run(['publish', 'rare', '{"n":{{Count}}}', '--count', '3']);
    await place.run(['publish', 'common', '{}', '--count', '7000']);
    const { stdout } = await place.run(['tail', '--last', '2', '-e', '--raw', '--type', 'rare']);
    expect(linesOf(stdout).map((line) => JSON.parse(line).data.n)).toEqual([2, 3]);
  });

  test('the last values come first, then what follows', async () => {
    const place = await Place.make();
    await place.startBus();
    for (const [symbol, bid] of [
      ['EURUSD', 1],
      ['GBPUSD', 2],
      ['EURUSD', 3],
    ]) {
      await place.run(['publish', 'market_data', JSON.stringify({ symbol, bid, ask: 4 })]);
    }
    const args = ['tail', '--last-values', '--type', 'market_data', '--raw'];
    const bids = (stdout: string) => linesOf(stdout).map((line) => JSON.parse(line).data.bid);
    expect(bids((await place.run([...args, '-e'])).stdout)).toEqual([2, 3]);
    expect(bids((await place.run([...args, '--count', '1'])).stdout)).toEqual([2]);
    expect(bids((await place.run([...args, '-e', '--symbol', 'EURUSD'])).stdout)).toEqual([3]);
    const tail = place.start([...args, '--count', '3']);
    const ended = endOf(tail);
    await hears(tail, 'stdout', /"bid":3/);
    await place.run(['publish', 'market_data', '{"symbol":"XAUUSD","bid":5,"ask":6}']);
    expect(bids((await ended).stdout)).toEqual([2, 3, 5]);
    const refused = await place.run(['tail', '--last-values', '--type', 'fire_command']);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain('market_data');
  });

  test('an import killed again and again ends with every event once', async () => {
    const place = await Place.make();
    await place.startBus();
    const count = 60_000;
    const lines = Array.from({ length: count }, (_, n) => tick(n));
    const file = makeFile('eurusd.csv', lines.join(''));
    for (let kill = 0; kill < 3; kill += 1) {
      const seq = Number((await place.runJson(['stats', '--json'])).bus.stats.log.next);
      const child = place.start(['import', file]);
      await place.run(['tail', '--from', String(seq), '--type', 'market_data', '--count', '1', '--raw']);
      child.kill('SIGKILL');
    }
    // Under another name, and longer by then.
    const renamed = join(makeFolder(), 'eurusd-renamed.csv');
    copyFileSync(file, renamed);
    appendFileSync(renamed, tick(count));
    expect(await place.runJson(['import', '--json', renamed])).toMatchObject({
      records: count + 1,
    });
    const again = await place.runJson(['import', '--json', file]);
    expect(again).toMatchObject({ stored: 0, already_there: count, dead_letters: 0 });
    const volumes = (await place.events('market_data')).map(
      (event) => (event.data as { volume: number }).volume,
    );
    expect(volumes).toEqual(Array.from({ length: count + 1 }, (_, n) => n));
  });

  test('lines that make no valid event are dead letters, told with line and reason', async () => {
    const place = await Place.make();
    await place.startBus();
    const good =
      '{"signal_id":"A","pair":"EURUSD","pattern":"P","confidence":80,"direction":"BUY","win":true,"timestamp":"2025-01-02T03:04:05"}';
    const bad =
      '{"signal_id":"B","pair":"EURUSD","pattern":"P","confidence":80,"timestamp":"2025-01-02T03:04:06"}';
    const file = makeFile('outcomes.jsonl', `${good}\n${bad}\nnot json\n`);
    const result = await place.runJson(['import', '--json', file]);
    expect(result).toMatchObject({ format: 'signal-outcomes', records: 3, stored: 2, dead_letters: 2 });
    expect(result.reasons[0]).toMatch(/line 2 .*data.direction is missing/);
    expect(result.reasons[1]).toMatch(/line 3/);
  });

  test('Ctrl-C exits with 130', async () => {
    const place = await Place.make();
    await place.startBus();
    const tail = place.start(['tail', '--from', 'start']);
    const ended = endOf(tail);
    await hears(tail, 'stdout', /system_health/);
    tail.kill('SIGINT');
    expect((await ended).code).toBe(130);
  });
});

describe.skipIf(!isBuilt)('with a bus that wants keys', { timeout: 60_000 }, () => {
  test('without one each command says so at once, and how to get one', async () => {
    const place = await Place.make();
    await place.run(['keys', 'init']);
    await place.startGuardedBus();
    // No timeout that could pass instead: it is not for the bus that they wait.
    for (const args of [['publish', 'x', '{}'], ['tail'], ['stats']]) {
      const { code, stdout, stderr } = await place.run([...args, '--timeout', '1h']);
      expect(code).toBe(1);
      expect(stdout + stderr).toContain('bitten keys client NAME');
      expect(stdout + stderr).not.toContain('no bus at');
    }
  });

  test('a tail whose key is revoked says so, and so does publish', async () => {
    const place = await Place.make();
    await place.run(['keys', 'init']);
    await place.run(['keys', 'client', 'watcher']);
    await place.startGuardedBus();
    const env = { BITTEN_KEY_FILE: join(place.dataDir, 'keys/clients/watcher.key') };
    const tail = place.start(['tail', '--from', 'start'], { env });
    await hears(tail, 'stdout', /system_health/);
    const told = hears(tail, 'stderr', /the bus does not know this key \(watcher/);
    expect((await place.run(['keys', 'revoke', 'watcher'])).code).toBe(0);
    await told;
    const { code, stderr } = await place.run(['publish', 'x', '{}', '--timeout', '1h'], { env });
    expect(code).toBe(1);
    expect(stderr).toContain('the bus does not know this key (watcher');
  });
});

describe.skipIf(!isBuilt)('without a bus', { timeout: 60_000 }, () => {
  test('each command says so in time, with a remedy, and exits with 1', async () => {
    const place = await Place.make();
    const file = makeFile('eurusd.csv', tick(1));
    for (const args of [['publish', 'x', '{}'], ['tail'], ['import', file], ['stats']]) {
      const { code, stdout, stderr } = await place.run([...args, '--timeout', '200ms']);
      expect(code).toBe(1);
      expect(stdout + stderr).toContain(`no bus at tcp://127.0.0.1:${place.busPort}`);
      expect(stdout + stderr).not.toContain('at async');
    }
  });

  test('a dry run needs none', async () => {
    const place = await Place.make();
    const file = makeFile('eurusd.csv', `${tick(1)}20200101 170000065,x,1.2,0\n`);
    const { code, stdout } = await place.run(['import', '--dry-run', '--json', file]);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ stored: 1, dead_letters: 1, by_type: { market_data: 1 } });
  });

  test('what was called wrongly exits with 2', async () => {
    const place = await Place.make();
    const calls = [
      ['nonsense'],
      ['tail', '--bogus'],
      ['tail', '--from', 'yesterday'],
      ['tail', '--bus-port', 'x'],
      ['publish'],
      ['publish', 'x', '{'],
      ['import'],
      ['import', '--set', 'a=b', makeFile('a.jsonl', '{}')],
      ['query', '--sql', 'SELECT 1', '--type', 'x'],
      ['query', '--sql', 'SELECT 1', '--limit', '100'],
      ['query', '--since', '10'],
      ['tail', '--since', '10'],
      ['schema', 'show', 'nonsense'],
    ];
    const outcomes = await Promise.all(calls.map((args) => place.run(args)));
    expect(outcomes.map(({ code }) => code)).toEqual(calls.map(() => 2));
    for (const { stderr } of outcomes) expect(stderr).not.toBe('');
  });

  test('SQL beside a filter is refused by both their names', async () => {
    const place = await Place.make();
    const { stderr } = await place.run(['query', '--sql', 'SELECT 1', '--correlation', 'S1']);
    expect(stderr).toContain('--sql and --correlation');
  });

  test('a flag wins over the environment, that over the file', async () => {
    const place = await Place.make();
    const file = join(place.dataDir, 'bitten.yaml');
    writeFileSync(file, 'busPort: 3\nhost: 127.0.0.3\n');
    const args = ['stats', '--timeout', '1ms', '--config', file, '--json'];
    const whyOf = async (more: string[], env: NodeJS.ProcessEnv) =>
      (await place.runJson([...args, ...more], { env })).bus.why;
    expect(await whyOf([], { BITTEN_BUS_PORT: '' })).toContain('127.0.0.3:3 ');
    expect(await whyOf([], { BITTEN_BUS_PORT: '2' })).toContain('127.0.0.3:2 ');
    expect(await whyOf(['--bus-port', '1'], { BITTEN_BUS_PORT: '2' })).toContain('127.0.0.3:1 ');
  });

  test('help and the fields of a type are on standard output', async () => {
    const place = await Place.make();
    const help = await place.run(['--help']);
    expect(help).toMatchObject({ code: 0, stderr: '' });
    expect(help.stdout).toContain('bitten tail --type signal_generated');
    const tailHelp = await place.run(['tail', '--help']);
    expect(tailHelp.stdout).toContain('BITTEN_BUS_PORT');
    const schema = await place.run(['schema', 'show', 'fire_command', '--json-schema']);
    expect(JSON.parse(schema.stdout).title).toBe('fire_command');
    expect((await place.run(['schema', 'list', '--json'])).stdout).toContain('"type":"market_data"');
  });

  test('cursors are listed, moved and forgotten; one that holds only when asked twice', async () => {
    const place = await Place.make();
    await place.startBus();
    await place.run(['publish', 'numbers', '{"n":{{Count}}}', '--count', '20']);
    const client = await place.client();
    await client.openCursor({ name: 'tracker', from: 'start' });
    await client.openCursor({ name: 'archive', from: 'start', hold: true });
    client.close();
    const moved = await place.run(['cursors', 'reset', 'tracker', '--to', '7']);
    expect(moved).toMatchObject({ code: 0, stdout: 'tracker stands at 7\n', stderr: '' });
    const listed = linesOf((await place.run(['cursors', 'list', '--json'])).stdout).map((line) =>
      JSON.parse(line),
    );
    expect(listed).toMatchObject([
      { name: 'tracker', next: 7, hold: false },
      { name: 'archive', next: 1, hold: true },
    ]);
    for (const refused of [
      ['delete', 'archive'],
      ['reset', 'archive', '--to', 'now'],
    ]) {
      const { code, stderr } = await place.run(['cursors', ...refused]);
      expect(code).toBe(1);
      expect(stderr).toContain('--force');
    }
    expect(await place.run(['cursors', 'delete', 'archive', '--force'])).toMatchObject({ code: 0 });
    expect(await place.run(['cursors', 'delete', 'archive'])).toMatchObject({ code: 1 });
    expect(await place.run(['cursors', 'reset', 'tracker'])).toMatchObject({ code: 2 });
    expect(await place.run(['cursors', 'reset', 'tracker', '--to', 'soon'])).toMatchObject({ code: 2 });
  });
});

function tick(n: number): string {
  const second = String(n % 60).padStart(2, '0');
  const minute = String(Math.floor(n / 60) % 60).padStart(2, '0');
  const hour = String(Math.floor(n / 3600) % 24).padStart(2, '0');
  return `20200101 ${hour}${minute}${second}000,1.1,1.2,${n}\n`;
}
