import { describe, expect, test } from 'vitest';
import type { State } from '../src/api/index.js';
import { diffStates } from '../src/state/diff.js';

const nothing: State = {
  at: 100,
  accounts: [],
  open_trades: [],
  open_trades_total: 0,
  quotes: [],
  components: [],
};

function trade(fire_id: string, opened_at: number): State['open_trades'][number] {
  return {
    fire_id,
    signal_id: null,
    user_id: null,
    symbol: 'EURUSD',
    direction: 'BUY',
    ticket: null,
    volume: 1,
    open_price: 1.1,
    sl_price: null,
    tp_price: null,
    opened_at,
    seq: opened_at,
  };
}

function account(account_number: string, balance: number): State['accounts'][number] {
  return {
    account_number,
    user_id: 'u',
    balance,
    equity: balance,
    margin: null,
    free_margin: null,
    at: 1,
    seq: 1,
  };
}

describe('the difference of two states', () => {
  test('tells accounts, quotes and components that changed, came or went, and no others', () => {
    const before: State = {
      ...nothing,
      accounts: [account('A', 10), account('B', 20)],
      quotes: [{ symbol: 'EURUSD', bid: 1, ask: 2, at: 1, seq: 1 }],
      components: [
        { component: 'x', status: 'running', message: null, at: 1, seq: 1 },
        { component: 'y', status: 'running', message: null, at: 1, seq: 1 },
      ],
    };
    const after: State = {
      ...nothing,
      at: 200,
      accounts: [account('A', 10), account('B', 25), account('C', 1)],
      // The same quote, told once more: nothing has changed.
      quotes: [{ symbol: 'EURUSD', bid: 1, ask: 2, at: 150, seq: 9 }],
      components: [{ component: 'x', status: 'degraded', message: 'slow', at: 150, seq: 8 }],
    };
    expect(diffStates(before, after, { market_data: 1 })).toEqual({
      from: 100,
      to: 200,
      accounts: [
        {
          account_number: 'B',
          user_id: 'u',
          balance: { before: 20, after: 25 },
          equity: { before: 20, after: 25 },
        },
        {
          account_number: 'C',
          user_id: 'u',
          balance: { before: null, after: 1 },
          equity: { before: null, after: 1 },
        },
      ],
      opened: [],
      closed: [],
      trades_cut: false,
      quotes: [],
      components: [
        { component: 'x', status: { before: 'running', after: 'degraded' } },
        { component: 'y', status: { before: 'running', after: null } },
      ],
      events: { market_data: 1 },
    });
  });

  test('tells which trades were opened and which closed', () => {
    const before: State = {
      ...nothing,
      open_trades: [trade('F2', 60), trade('F1', 50)],
      open_trades_total: 2,
    };
    const after: State = {
      ...nothing,
      at: 200,
      open_trades: [trade('F3', 150), trade('F2', 60)],
      open_trades_total: 2,
    };
    const { opened, closed } = diffStates(before, after, {});
    expect([opened.map(({ fire_id }) => fire_id), closed.map(({ fire_id }) => fire_id)]).toEqual([
      ['F3'],
      ['F1'],
    ]);
  });

  test('says nothing of a trade that a cut list leaves open to question', () => {
    // Two are listed of three that are open: F1 is open at both times, and at the later one no longer among the newest.
    const before: State = {
      ...nothing,
      open_trades: [trade('F2', 60), trade('F1', 50)],
      open_trades_total: 2,
    };
    const after: State = {
      ...nothing,
      at: 200,
      open_trades: [trade('F3', 150), trade('F2', 60)],
      open_trades_total: 3,
    };
    expect(diffStates(before, after, {})).toMatchObject({
      opened: [{ fire_id: 'F3' }],
      closed: [],
      trades_cut: true,
    });
    // And the other way round: F1 comes to light when a newer one is closed.
    const closer: State = {
      ...nothing,
      at: 200,
      open_trades: [trade('F2', 60), trade('F1', 50)],
      open_trades_total: 2,
    };
    const crowded: State = {
      ...nothing,
      open_trades: [trade('F3', 70), trade('F2', 60)],
      open_trades_total: 3,
    };
    expect(diffStates(crowded, closer, {})).toMatchObject({ opened: [], closed: [{ fire_id: 'F3' }] });
  });
});
