import { describe, expect, test } from 'vitest';
import { makeFile } from './support/files.js';
import { hears, isBuilt, linesOf, Place } from './support/processes.js';

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
