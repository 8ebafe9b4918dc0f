import { createRandom } from '@bitten/simulator';
import { describe, expect, it } from 'vitest';
import { AlertEngine, readRules, type SeenEvent } from '../src/index.js';
import { History, noon } from './support/history.js';

const many = `
rules:
  - name: many
    when: { rate_of: user_action, above: 3, within: 10s }
    per: user_id
`;

describe('a rule on a rate', () => {
  it('fires with the event that is one too many, and resolves when the window has emptied', () => {
    const history = new History(many);
    for (const second of [0, 1, 2])
      expect(history.at(second, 'user_action', {}, { user_id: 'u' })).toEqual([]);
    expect(history.at(3, 'user_action', {}, { user_id: 'v' }), 'another user').toEqual([]);
    expect(history.at(9, 'user_action', {}, { user_id: 'u' })).toEqual(['firing u at 9']);
    expect(history.at(9.5, 'user_action', {}, { user_id: 'u' }), 'still').toEqual([]);
    expect(history.pass(10.5), 'the first has left, four are there').toEqual([]);
    expect(history.pass(30)).toEqual(['resolved u at 11']);
  });

  it('takes what came while nobody looked as of when it came, after a restart', () => {
    const [rule] = readRules(many, 'rules');
    const before = new AlertEngine([rule!], { startedAt: noon });
    before.pass(noon + 10);
    const after = new AlertEngine([rule!], { startedAt: noon + 3_600 });
    after.load(before.save());
    const seen = Array.from({ length: 10 }, (_, i) =>
      after.see({
        event_type: 'user_action',
        timestamp: noon,
        source: 'desk',
        data: {},
        user_id: 'u',
        correlation_id: 'c',
        seq: i + 1,
        appended_at: noon + 20 + i * 60,
      } as unknown as SeenEvent),
    );
    expect(seen.flat()).toEqual([]);
  });

  it('is exact: as a count over the whole window says at every moment', () => {
    const history = new History('rules: [{ name: r, when: { rate_of: t, above: 3, within: 10s } }]');
    const random = createRandom('rate');
    const times: number[] = [];
    let isFiring = false;
    let second = 0;
    for (let i = 0; i < 2_000; i += 1) {
      second += random.integer(0, 6);
      const isEvent = random.chance(0.7);
      if (isEvent) times.push(second);
      const said = isEvent ? history.at(second, 't', {}) : history.pass(second);
      for (const line of said) isFiring = line.startsWith('firing');
      const count = times.filter((time) => time > second - 10).length;
      expect(isFiring, `${i}: ${count} events within the last 10 s of ${second}`).toBe(count > 3);
    }
  });
});

const silence = `
rules:
  - name: ticks
    when: { absence_of: market_data, within: 10s, keys: [EURUSD, GBPUSD] }
    per: data.symbol
    during: market_hours
`;

describe('a rule on absence', () => {
  it('misses what never came, and what comes no more', () => {
    const history = new History(silence);
    expect(history.at(5, 'market_data', { symbol: 'EURUSD' })).toEqual([]);
    expect(history.pass(12)).toEqual(['firing GBPUSD at 10']);
    expect(history.at(14, 'market_data', { symbol: 'EURUSD' })).toEqual([]);
    expect(history.at(15, 'market_data', { symbol: 'GBPUSD' })).toEqual(['resolved GBPUSD at 15']);
    expect(history.pass(60)).toEqual(['firing EURUSD at 24', 'firing GBPUSD at 25']);
  });

  it('does not mind symbols it was not asked about', () => {
    const history = new History(silence);
    expect(history.at(1, 'market_data', { symbol: 'XAUUSD' })).toEqual([]);
    expect(history.pass(8)).toEqual([]);
    expect(history.pass(20)).toEqual(['firing EURUSD at 10', 'firing GBPUSD at 10']);
  });

  it('begins anew at the opening: what the weekend held back is not missed', () => {
    const friday = 4 * 86_400 + 10 * 3_600; // 22:00 UTC, 17:00 in New York in winter
    const history = new History(silence, friday - 5);
    expect(history.at(friday - 1, 'market_data', { symbol: 'EURUSD' })).toEqual([]);
    expect(history.pass(friday + 86_400)).toEqual([]);
    const sunday = friday + 2 * 86_400 - 3_600; // summer time has begun in New York
    expect(history.pass(sunday + 9)).toEqual([]);
    expect(history.pass(sunday + 70)).toHaveLength(2);
  });

  it('says of a component without a heartbeat that it is gone, once', () => {
    const history = new History(`
rules:
  - name: gone
    when: { absence_of: system_health, within: 60s }
    per: data.component
`);
    for (const second of [0, 30, 60]) history.at(second, 'system_health', { component: 'webapp' });
    expect(history.pass(119)).toEqual([]);
    expect(history.pass(121)).toEqual(['firing webapp at 120']);
    expect(history.pass(500)).toEqual([]);
    expect(history.at(501, 'system_health', { component: 'webapp' })).toEqual(['resolved webapp at 501']);
  });
});
