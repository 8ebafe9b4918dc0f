import { describe, expect, it } from 'vitest';
import {
  accountRows,
  changeIn,
  curveOf,
  everyAccount,
  summarise,
  together,
} from '../../web/pages/trading/curves.js';
import {
  barsOf,
  patternTotal,
  sorted,
  statusShares,
  symbolTotal,
  toneOfStatus,
  turned,
} from '../../web/pages/trading/ranking.js';
import { rateOf, verdictOn } from '../../web/pages/trading/rates.js';
import { busiest, peakOf, showStep } from '../../web/pages/trading/volume.js';
import { colorOfType, colorsOfTypes } from '../../web/ui/colors.js';

describe('a win rate', () => {
  it('is not known where nothing has an outcome', () => {
    expect(rateOf({ wins: 0, losses: 0 })).toBeNull();
  });

  it('carries the 95 % interval after Wilson', () => {
    // Hand-computed: 8 of 10 gives 0.4902 to 0.9433.
    const rate = rateOf({ wins: 8, losses: 2 })!;
    expect([rate.value, rate.count]).toEqual([0.8, 10]);
    expect(rate.low).toBeCloseTo(0.4902, 4);
    expect(rate.high).toBeCloseTo(0.9433, 4);
  });

  it('says nothing much of three out of three', () => {
    const rate = rateOf({ wins: 3, losses: 0 })!;
    expect(rate.high).toBe(1);
    expect(verdictOn(rate)).toBe('unclear');
  });

  it('is above or below a half only without doubt', () => {
    expect(verdictOn(rateOf({ wins: 600, losses: 400 })!)).toBe('above');
    expect(verdictOn(rateOf({ wins: 400, losses: 600 })!)).toBe('below');
    expect(verdictOn(rateOf({ wins: 0, losses: 5 })!)).toBe('below');
  });
});

describe('a table that is sorted', () => {
  const rows = [
    { symbol: 'B', profit: 2 },
    { symbol: 'A', profit: null },
    { symbol: 'C', profit: 7 },
  ];

  it('puts what is not known last, whichever way', () => {
    const names = (down: boolean) => sorted(rows, { by: 'profit', down }).map(({ symbol }) => symbol);
    expect(names(true)).toEqual(['C', 'B', 'A']);
    expect(names(false)).toEqual(['B', 'C', 'A']);
  });

  it('begins figures with the most and names with A, and turns round', () => {
    type Row = (typeof rows)[number];
    const first = turned<Row>({ by: 'profit', down: true }, 'symbol', true);
    expect(first).toEqual({ by: 'symbol', down: false });
    expect(turned<Row>(first, 'symbol', true)).toEqual({ by: 'symbol', down: true });
    expect(turned<Row>(first, 'profit', false)).toEqual({ by: 'profit', down: true });
  });
});

describe('bars', () => {
  it('have losses to the left of a common zero', () => {
    expect(barsOf([30, -10, null])).toEqual({
      zero: 0.25,
      bars: [{ from: 0.25, to: 1 }, { from: 0, to: 0.25 }, null],
    });
  });

  it('begin at the left where there is no loss, and stand for nothing at all', () => {
    expect(barsOf([4, 2])).toEqual({
      zero: 0,
      bars: [
        { from: 0, to: 1 },
        { from: 0, to: 0.5 },
      ],
    });
    expect(barsOf([0])).toEqual({ zero: 0, bars: [{ from: 0, to: 0 }] });
    expect(barsOf([])).toEqual({ zero: 0, bars: [] });
  });
});

describe('sums', () => {
  const symbol = { symbol: 'A', fires: 3, executed: 2, closed: 2, wins: 1, losses: 1 };

  it('add money in cents', () => {
    const rows = Array.from({ length: 10 }, () => ({ ...symbol, profit: 0.1 }));
    expect(symbolTotal(rows)).toEqual({
      fires: 30,
      executed: 20,
      closed: 20,
      wins: 10,
      losses: 10,
      profit: 1,
    });
  });

  it('know no profit where no outcome told one', () => {
    expect(symbolTotal([{ ...symbol, profit: null }]).profit).toBeNull();
    expect(
      symbolTotal([
        { ...symbol, profit: null },
        { ...symbol, profit: 0 },
      ]).profit,
    ).toBe(0);
  });

  it('of patterns count signals and outcomes', () => {
    const row = { pattern: 'P', confidence: 80, win_rate: 0.5 };
    const rows = [
      { ...row, signals: 10, wins: 2, losses: 2 },
      { ...row, signals: 5, wins: 0, losses: 1 },
    ];
    expect(patternTotal(rows)).toEqual({ signals: 15, wins: 2, losses: 3 });
  });
});

describe('the health of a component', () => {
  it('begins with the worst, however rare', () => {
    const shares = statusShares({ statuses: { running: 999, error: 1, degraded: 0 } });
    expect(shares.map(({ status, tone, share }) => [status, tone, share])).toEqual([
      ['error', 'bad', 0.001],
      ['running', 'ok', 0.999],
    ]);
  });

  it('makes no judgement of a status it does not know', () => {
    expect(toneOfStatus('dancing')).toBe('quiet');
    expect(toneOfStatus('constructor')).toBe('quiet');
  });
});

describe('balances over time', () => {
  const equity = {
    ...{ at: [1, 2, 3], more: 0 },
    accounts: [
      { account_number: '1', user_id: null, balance: [100, 100.1, 99.9], equity: [100, 101, 99] },
      { account_number: '2', user_id: null, balance: [null, 50.2, 50.2], equity: [null, null, 50] },
    ],
  };

  it('are added in cents, and an account that is heard of later is no gain', () => {
    expect(together(equity)).toEqual({ balance: [150.2, 150.3, 150.1], equity: [150, 151, 149] });
  });

  it('have no crumbs of binary fractions', () => {
    const [first, second] = equity.accounts;
    const accounts = [
      { ...first!, balance: [1.1] },
      { ...second!, balance: [2.2] },
    ];
    expect(together({ at: [1], more: 0, accounts }).balance).toEqual([3.3]);
  });

  it('are not known before the first account', () => {
    expect(together({ ...equity, accounts: [equity.accounts[1]!] }).balance).toEqual([null, 50.2, 50.2]);
  });

  it('are summed up by how far they fell below what they had reached', () => {
    expect(summarise([null, 100, 120, 90, 110])).toEqual({
      ...{ first: 100, last: 110, change: 10 },
      ...{ lowest: 90, highest: 120, drawdown: 30, drawdown_share: 0.25 },
    });
    // Above where it began, and yet a fall.
    expect(summarise([100, 120, 105])?.drawdown).toBe(15);
    expect(summarise([null, null])).toBeNull();
  });
});

describe('an account', () => {
  const equity = {
    ...{ at: [1, 2], more: 0 },
    accounts: [
      { account_number: '1', user_id: '7', balance: [100, 90], equity: [100, 91] },
      { account_number: '2', user_id: null, balance: [null, 50], equity: [null, null] },
    ],
  };

  it('is drawn alone where it is chosen, and all together where none is, or one that is gone', () => {
    expect(curveOf(equity, '1').balance).toEqual([100, 90]);
    for (const account of [everyAccount, 'gone'])
      expect(curveOf(equity, account).balance).toEqual([150, 140]);
  });

  it('stands where its last balance is, and has changed since its first', () => {
    expect(accountRows(equity)).toEqual([
      { account_number: '1', user_id: '7', balance: 90, equity: 91, change: -10 },
      { account_number: '2', user_id: null, balance: 50, equity: null, change: 0 },
    ]);
  });

  it('that was opened meanwhile is no gain', () => {
    expect(changeIn(equity, everyAccount)).toBe(-10);
    expect(changeIn(equity, '2')).toBe(0);
    expect(changeIn({ ...equity, accounts: [] }, everyAccount)).toBeNull();
  });
});

describe('the volume', () => {
  const many = Object.fromEntries(Array.from({ length: 10 }, (_, i) => [`t${i}`, [i, 2 * i]]));

  it('has the most frequent types first, and the rarest as one', () => {
    const rows = busiest({ step_s: 3_600, at: [0, 3_600], series: many });
    expect(rows.map(({ type }) => type)).toEqual(['t9', 't8', 't7', 't6', 't5', 't4', 't3', 'other']);
    expect(rows.at(-1)).toEqual({ type: 'other', counts: [3, 6], total: 9 });
  });

  it('loses nothing of what it puts together', () => {
    const volume = { step_s: 3_600, at: [0, 3_600], series: many };
    const last = busiest(volume).reduce((sum, { counts }) => sum + counts[1]!, 0);
    expect(last).toBe(90);
    expect(peakOf(volume)).toEqual({ at: 3_600, events: 90 });
  });

  it('of nothing has no peak', () => {
    expect(peakOf({ step_s: 3_600, at: [0], series: { a: [0] } })).toBeNull();
    expect(busiest({ step_s: 3_600, at: [0], series: { a: [0] } })).toEqual([]);
  });

  it('is drawn in as many colours as types, on either ground', () => {
    const types = ['signal_outcome', 'balance_update', 'trade_outcome', 'market_data', 'other'];
    for (const ground of ['light', 'dark'] as const) {
      const colors = colorsOfTypes(types, ground);
      expect(new Set(colors.values()).size).toBe(types.length);
      // A type with a colour of its own keeps it, whatever is drawn beside it.
      for (const type of ['balance_update', 'market_data'])
        expect(colors.get(type)).toBe(colorOfType(type, ground));
    }
  });

  it('names its step', () => {
    expect([3_600, 21_600, 86_400, 604_800].map(showStep)).toEqual(['hour', '6 hours', 'day', '7 days']);
  });
});
