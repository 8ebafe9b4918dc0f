import { describe, expect, it } from 'vitest';
import { History } from './support/history.js';

function ruled(condition: string, more = ''): History {
  return new History(`rules: [{ name: r, when: { ${condition} }${more} }]`);
}

describe('a rule on a value', () => {
  it('knows the drawdown from the highest equity, in percent, each account for itself', () => {
    const history = ruled(
      'value_of: balance_update, value: data.equity, function: drawdown, above: 5',
      ', per: data.account_number',
    );
    const equity = (second: number, account_number: string, value: number) =>
      history.at(second, 'balance_update', { account_number, equity: value });
    expect(equity(1, 'A', 10_000)).toEqual([]);
    expect(equity(2, 'B', 5_000)).toEqual([]);
    expect(equity(3, 'A', 12_000)).toEqual([]);
    expect(equity(4, 'A', 11_400), 'exactly 5 %').toEqual([]);
    expect(equity(5, 'A', 11_399)).toEqual(['firing A at 5']);
    expect(equity(6, 'B', 4_800)).toEqual([]);
    expect(equity(7, 'A', 11_500)).toEqual(['resolved A at 7']);
  });

  it('counts a streak of losses, which a win ends', () => {
    const history = ruled(
      `value_of: trade_outcome, value: 'data.outcome == "SL_HIT"', function: streak, above: 2`,
    );
    const outcome = (second: number, name: string) => history.at(second, 'trade_outcome', { outcome: name });
    expect([outcome(1, 'SL_HIT'), outcome(2, 'SL_HIT'), outcome(3, 'SL_HIT')]).toEqual([
      [],
      [],
      ['firing at 3'],
    ]);
    expect(outcome(4, 'TP_HIT')).toEqual(['resolved at 4']);
  });

  it('means the values of a window, and of no others', () => {
    const history = ruled(
      'value_of: market_data, value: (data.ask - data.bid) * 10000, function: mean, within: 10s, above: 3',
    );
    const spread = (second: number, pips: number) =>
      history.at(second, 'market_data', { bid: 1, ask: 1 + pips / 10_000 });
    expect(spread(0, 1)).toEqual([]);
    expect(spread(5, 4), 'a mean of 2.5').toEqual([]);
    expect(history.pass(11), 'the first has left').toEqual(['firing at 10']);
    expect(spread(12, 1)).toEqual(['resolved at 12']);
  });

  it.each([
    ['last', [5, 1, 2], 2],
    ['min', [5, 1, 2], 1],
    ['max', [5, 1, 2], 5],
    ['sum', [5, 1, 2], 8],
    ['change', [5, 1, 2], -3],
  ])('%s of %j is %d', (name, values, expected) => {
    for (const [threshold, fires] of [
      [expected + 0.5, false],
      [expected - 0.5, true],
    ] as const) {
      const history = ruled(
        `value_of: t, value: data.n, function: ${name}, within: 1min, above: ${threshold}`,
      );
      let isFiring = false;
      for (const [i, n] of values.entries()) {
        for (const line of history.at(i, 't', { n })) isFiring = line.startsWith('firing');
      }
      expect(isFiring).toBe(fires);
    }
  });
});

describe('for how long', () => {
  it('a condition has to hold before it is worth an alert', () => {
    const history = ruled('value_of: t, value: data.n, above: 10', ', for: 30s');
    expect(history.at(0, 't', { n: 11 })).toEqual([]);
    expect(history.at(20, 't', { n: 9 }), 'over before its time').toEqual([]);
    expect(history.at(25, 't', { n: 12 })).toEqual([]);
    expect(history.at(40, 't', { n: 13 })).toEqual([]);
    expect(history.pass(60)).toEqual(['firing at 55']);
    expect(history.at(61, 't', { n: 1 })).toEqual(['resolved at 61']);
  });

  it('a cooldown holds back the next one, and its end', () => {
    const history = ruled('value_of: t, value: data.n, above: 10', ', cooldown: 1min');
    expect(history.at(0, 't', { n: 11 })).toEqual(['firing at 0']);
    expect(history.at(1, 't', { n: 1 })).toEqual(['resolved at 1']);
    expect(history.at(2, 't', { n: 11 })).toEqual([]);
    expect(history.at(3, 't', { n: 1 })).toEqual([]);
    expect(history.at(61, 't', { n: 11 })).toEqual(['firing at 61']);
  });

  it('one that still holds when the cooldown is over is told then', () => {
    const history = ruled('value_of: t, value: data.n, above: 10', ', cooldown: 1min');
    history.at(0, 't', { n: 11 });
    history.at(1, 't', { n: 1 });
    expect(history.at(2, 't', { n: 11 })).toEqual([]);
    expect(history.pass(100)).toEqual(['firing at 60']);
    expect(history.at(101, 't', { n: 1 })).toEqual(['resolved at 101']);
  });
});
