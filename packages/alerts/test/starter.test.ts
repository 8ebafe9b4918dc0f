import { createMarket } from '@bitten/simulator';
import { describe, expect, it } from 'vitest';
import { type Alert, AlertEngine, readRules, starterRules } from '../src/index.js';
import { noon } from './support/history.js';

describe('the starter rules', () => {
  it('each say what it means and are right', () => {
    const rules = readRules(starterRules(), 'starter.yaml');
    for (const { name, description } of rules) expect(description, name).toMatch(/\.$/);
  });

  it('wake nobody on an ordinary day, and somebody when the broker goes away', () => {
    const rules = readRules(starterRules(), 'starter.yaml');
    const engine = new AlertEngine(rules, { startedAt: noon });
    const market = createMarket({ seed: 'starter', start_time: noon });
    const run = (count: number, isBrokerAway: boolean): Alert[] =>
      Array.from({ length: count }, (_, seq) => ({ ...market.next(), seq }))
        .filter(({ event_type }) => !isBrokerAway || event_type !== 'trade_executed')
        .flatMap((event) => engine.see({ ...event, appended_at: event.timestamp }))
        .filter(({ severity }) => severity === 'critical');
    expect(run(20_000, false).map(({ rule, message }) => `${rule}: ${message}`)).toEqual([]);
    expect(new Set(run(2_000, true).map(({ rule }) => rule))).toEqual(new Set(['fire-not-executed']));
  });
});
