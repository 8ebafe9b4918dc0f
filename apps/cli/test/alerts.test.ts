import { AlertBook } from '@bitten/notify';
import { describe, expect, test } from 'vitest';
import { makeFile } from './support/files.js';
import { hears, isBuilt, linesOf, Place } from './support/processes.js';

const alert = {
  id: 'lag/a/firing/1',
  rule: 'lag',
  severity: 'critical',
  state: 'firing',
  key: 'a',
  message: 'lagging',
  at: 1_000,
  since: 1_000,
  value: 1,
  seq: 1,
  correlation_id: null,
  suppressed: 0,
} as const;

const rules = `
rules:
  - name: strong
    severity: info
    when: { event: signal_generated, where: data.confidence >= 90 }
    per: data.symbol
    message: '{{key}} at {{data.confidence}} %'
  - name: silent
    when: { absence_of: trade_executed, within: 1s }
`;

describe.skipIf(!isBuilt)('bitten alerts', { timeout: 60_000 }, () => {
  test('prints starter rules that it finds right', async () => {
    const place = await Place.make();
    const { stdout: starter } = await place.run(['alerts', 'starter']);
    const { code, stdout } = await place.run(['alerts', 'check', makeFile('alerts.yaml', starter)]);
    expect(stdout).toMatch(/rules, all right\n$/);
    expect(code).toBe(0);
  });

  test('names every mistake with its place', async () => {
    const place = await Place.make();
    const bad = 'rules: [{ name: a, when: { event: t, where: "data.x >" } }, { name: b, when: {} }]';
    const { code, stderr } = await place.run(['alerts', 'check', makeFile('bad.yaml', bad)]);
    expect(stderr).toContain('rules[0] (a).when.where');
    expect(stderr).toContain('rules[1] (b).when');
    expect(code).toBe(1);
    expect((await place.run(['alerts', 'check', 'no-such-file.yaml'])).code).toBe(2);
  });

  test('tries rules on the log: in the past by the events’ own times, and counts by rule', async () => {
    const place = await Place.make();
    await place.startBus();
    const lines = [
      ['2026-03-02T09:00:00Z', 'signal_generated', { signal_id: 'S1', confidence: 95 }],
      ['2026-03-02T09:00:01Z', 'signal_generated', { signal_id: 'S2', confidence: 50 }],
      ['2026-03-02T09:00:05Z', 'signal_generated', { signal_id: 'S3', confidence: 99 }],
    ] as const;
    const events = lines.map(([time, event_type, data]) => ({
      event_type,
      timestamp: Date.parse(time) / 1000,
      source: 'elite_guard',
      data: { symbol: 'EURUSD', direction: 'BUY', pattern_type: 'P', ...data },
    }));
    const file = makeFile('events.jsonl', events.map((event) => JSON.stringify(event)).join('\n'));
    expect((await place.run(['import', file])).code).toBe(0);

    const args = ['alerts', 'try', makeFile('rules.yaml', rules), '--clock', 'own'];
    const { stdout } = await place.run([...args, '--json']);
    const at = (second: number) => Date.parse('2026-03-02T09:00:00Z') / 1000 + second;
    expect(linesOf(stdout).map((line) => JSON.parse(line))).toMatchObject([
      { rule: 'strong', state: 'happened', key: 'EURUSD', message: 'EURUSD at 95 %', at: at(0) },
      { rule: 'silent', state: 'firing', at: at(1) },
      { rule: 'strong', state: 'happened', message: 'EURUSD at 99 %', at: at(5) },
    ]);
    const summary = await place.run([...args, '--summary']);
    expect(summary.stdout).toMatch(/strong +info +2\n/);
  });

  test('says what happens as it happens, and what does not', async () => {
    const place = await Place.make();
    await place.startBus();
    const file = makeFile('rules.yaml', rules);
    const watching = place.start(['alerts', 'try', file, '--follow', '--json']);
    const silent = hears(watching, 'stdout', /"rule":"silent".*"state":"firing"/s);
    const strong = hears(watching, 'stdout', /"rule":"strong".*"key":"GBPUSD"/s);
    await silent;
    const data = { signal_id: 'S9', symbol: 'GBPUSD', direction: 'BUY', confidence: 91, pattern_type: 'P' };
    await place.run(['publish', 'signal_generated', JSON.stringify(data)]);
    await strong;
  });
});

describe.skipIf(!isBuilt)('what the alerts have recorded', { timeout: 60_000 }, () => {
  /** A place with a book of one open alert. */
  async function makePlace() {
    const place = await Place.make();
    const book = new AlertBook({ dataDir: place.dataDir });
    book.commit({
      checkpoint: { log_id: 'log', next: 1, engine: { version: 1, rules: {} } },
      alerts: [alert],
      routesOf: () => [{ channel: 'desk', group_key: '', wait_s: 0 }],
    });
    book.close();
    return place;
  }

  test('is listed, shown and acknowledged', async () => {
    const place = await makePlace();
    expect((await place.run(['alerts', 'list'])).stdout).toContain('lagging');
    const { stdout } = await place.run(['alerts', 'ack', alert.id, '--note', 'on it']);
    expect(stdout).toBe(`${alert.id}: acknowledged\n`);
    const shown = await place.run(['alerts', 'show', alert.id, '--json']);
    expect(JSON.parse(shown.stdout)).toMatchObject({ acknowledged: { note: 'on it' }, is_open: true });
    expect((await place.run(['alerts', 'show', 'none'])).code).toBe(2);
    expect((await place.run(['alerts', 'ack', 'none'])).code).toBe(1);
  });

  test('is silenced for a while, and not any more', async () => {
    const place = await makePlace();
    const silence = ['alerts', 'silence', '--rule', 'lag', '--for', '2h', '--reason', 'maintenance'];
    expect((await place.run(silence)).stdout).toMatch(/^silence 1;/);
    const { stdout } = await place.run(['alerts', 'silences', '--json']);
    const { from, until, ...rest } = JSON.parse(stdout);
    expect(rest).toMatchObject({ id: 1, rule: 'lag', key: null, reason: 'maintenance' });
    expect(Math.round(until - from)).toBe(7_200);
    expect((await place.run(['alerts', 'unsilence', '1'])).code).toBe(0);
    expect((await place.run(['alerts', 'silences', '--json'])).stdout).toBe('');
    expect((await place.run(['alerts', 'unsilence', '1'])).code).toBe(1);
  });

  test('waits for a channel, which says so; a channel of the file can be tried', async () => {
    const place = await makePlace();
    const { stdout, stderr } = await place.run(['alerts', 'channels', '--json']);
    expect(JSON.parse(stdout)).toMatchObject({ channel: 'desk', waiting: 1, delivered: 0 });
    expect(stderr).toContain('not running');
    const file = makeFile('channels.yaml', 'rules: []\nchannels: [{ name: desk, kind: log }]');
    const trial = await place.run(['alerts', 'test', 'desk', file]);
    expect(JSON.parse(trial.stdout)).toMatchObject({ channel: 'desk', alerts: [{ rule: 'trial' }] });
    expect((await place.run(['alerts', 'test', 'nobody', file])).code).toBe(2);
  });

  test('is nothing where the alerts have never run', async () => {
    const place = await Place.make();
    expect(await place.run(['alerts', 'list'])).toMatchObject({ code: 2 });
  });
});
