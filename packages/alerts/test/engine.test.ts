import { createMarket } from '@bitten/simulator';
import { describe, expect, it } from 'vitest';
import { type Alert, AlertEngine, readRules, type SeenEvent } from '../src/index.js';
import { History, noon } from './support/history.js';

describe('the system itself', () => {
  it('is held against its thresholds', () => {
    const rules = readRules(
      'rules: [{ name: lag, when: { system: collector_lag_events, above: 1000 }, for: 10s, severity: critical }]',
      'rules',
    );
    const engine = new AlertEngine(rules, { startedAt: noon });
    const lag = (second: number, events: number) =>
      engine.measure({ collector_lag_events: events }, noon + second).map(({ state }) => state);
    expect([lag(0, 5_000), lag(5, 5_000), lag(10, 4_000), lag(15, 3_000), lag(20, 0)]).toEqual([
      [],
      [],
      ['firing'],
      [],
      ['resolved'],
    ]);
  });
});

const everyKind = `
rules:
  - { name: match, when: { event: signal_generated, where: data.confidence > 90 }, per: data.symbol, cooldown: 5s }
  - { name: rate, when: { rate_of: [market_data, user_action], above: 20, within: 10s }, for: 2s }
  - { name: quiet, when: { absence_of: system_health, within: 20s }, per: data.component }
  - { name: drawdown, when: { value_of: balance_update, value: data.equity, function: drawdown, above: 0.01 }, per: data.account_number }
  - { name: spread, when: { value_of: market_data, value: data.ask - data.bid, function: max, within: 5s, above: 0.0003 }, per: data.symbol }
  - { name: unexecuted, when: { lifecycle: not_executed, within: 1s } }
`;

/** A market as the simulator makes it, one event every tenth of a second. */
function marketEvents(count: number): SeenEvent[] {
  const market = createMarket({ seed: 'alerts', start_time: noon, rate_per_s: 10 });
  return Array.from({ length: count }, (_, i) => {
    const at = noon + i / 10;
    return { ...market.next(), seq: i + 1, appended_at: at };
  });
}

describe('the engine', () => {
  it('says the same whether it runs through or is saved and loaded again and again', () => {
    const rules = readRules(everyKind, 'rules');
    const events = marketEvents(3_000);
    const through = run(new AlertEngine(rules, { startedAt: noon }), events);
    let engine = new AlertEngine(rules, { startedAt: noon });
    const interrupted: Alert[] = [];
    for (let i = 0; i < events.length; i += 97) {
      interrupted.push(...run(engine, events.slice(i, i + 97)));
      const state = JSON.parse(JSON.stringify(engine.save()));
      engine = new AlertEngine(rules, { startedAt: noon });
      engine.load(state);
    }
    expect(new Set(through.map(({ rule }) => rule)).size, 'rules that had something to say').toBeGreaterThan(
      3,
    );
    expect(interrupted).toEqual(through);
  });

  it('gives every alert an id of its own', () => {
    const alerts = run(
      new AlertEngine(readRules(everyKind, 'rules'), { startedAt: noon }),
      marketEvents(3_000),
    );
    expect(new Set(alerts.map(({ id }) => id)).size).toBe(alerts.length);
  });

  it('forgets what it knew of a rule that has changed, and of no other', () => {
    const text = (limit: number) => `
rules:
  - { name: changed, when: { rate_of: t, above: ${limit}, within: 1min } }
  - { name: same, when: { rate_of: t, above: 1, within: 1min } }
`;
    const before = new History(text(1));
    before.at(0, 't', {});
    const after = new History(text(2));
    after.engine.load(before.engine.save());
    expect(after.at(1, 't', {}), 'two within a minute for the one, one for the other').toEqual([
      'firing at 1',
    ]);
  });

  it('has a deadline that is never later than what it has to say', () => {
    const history = new History(everyKind);
    history.at(0, 'system_health', { component: 'webapp' });
    history.at(0, 'fire_command', { fire_id: 'F1' });
    let said = 0;
    for (let step = 0; step < 100 && history.engine.deadline < noon + 600; step += 1) {
      const { deadline } = history.engine;
      expect(history.engine.pass(deadline - 0.001)).toEqual([]);
      said += history.engine.pass(deadline).length;
    }
    expect(said, 'the fire and the heartbeat').toBe(2);
  });

  it('lets time stand still where the clock goes back', () => {
    const history = new History('rules: [{ name: r, when: { absence_of: t, within: 10s } }]');
    history.pass(9);
    expect(history.pass(-1_000)).toEqual([]);
    expect(history.pass(10)).toEqual(['firing at 10']);
  });
});

function run(engine: AlertEngine, events: readonly SeenEvent[]): Alert[] {
  return events.flatMap((event) => engine.see(event));
}
