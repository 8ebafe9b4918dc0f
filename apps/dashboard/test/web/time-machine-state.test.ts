import { describe, expect, it } from 'vitest';
import type { Replay } from '../../src/api/replays.js';
import { countAt, outlineOf } from '../../web/pages/time-machine/density.js';
import { changeOf, countsOf, isSame, totalsOf } from '../../web/pages/time-machine/totals.js';
import { followed, playedOf, readSpeed, sayHeard, sayReplay } from '../../web/pages/time-machine/travel.js';

describe('the density below the slider', () => {
  it('draws a step for each count, and shows a single event beside a burst', () => {
    const { path, most } = outlineOf([0, 1, 10_000], 20);
    expect(most).toBe(10_000);
    expect(path).toBe('M0 20V20H1V19H2V0H3V20Z');
  });

  it('draws nothing for nothing', () => {
    expect(outlineOf([], 20).path).toBe('');
    expect(outlineOf([0, 0], 20).path).toBe('');
  });

  it('knows which step an instant is in, the last one at the very end', () => {
    expect([0, 0.49, 0.5, 1].map((at) => countAt([3, 7], at))).toEqual([3, 3, 7, 7]);
    expect(countAt([], 1)).toBe(0);
  });
});

const account = (balance: number | null, equity: number | null) => ({
  account_number: '1',
  user_id: null,
  balance,
  equity,
  margin: null,
  free_margin: null,
  at: 0,
  seq: 1,
});

describe('what the accounts have together', () => {
  it('is summed to the cent', () => {
    const accounts = [account(0.1, 0.2), account(0.2, 0.1), account(1_000.1, 999.4)];
    expect(totalsOf(accounts)).toEqual({ balance: 1_000.4, equity: 999.7, floating: -0.7, accounts: 3 });
  });

  it('leaves out what is not told, and is nothing where none is', () => {
    expect(totalsOf([account(5, null), account(null, 7)])).toMatchObject({
      balance: 5,
      equity: 7,
      floating: null,
    });
    expect(totalsOf([])).toEqual({ balance: null, equity: null, floating: null, accounts: 0 });
  });
});

describe('the difference of two instants', () => {
  it('tells a change without binary crumbs, and none where a side is missing', () => {
    expect(changeOf({ before: 1.08421, after: 1.08424 })).toBe(0.00003);
    expect(changeOf({ before: 0.3, after: 0.1 })).toBe(-0.2);
    expect(changeOf({ before: null, after: 1 })).toBeNull();
  });

  it('counts events, the most frequent first', () => {
    const { total, types } = countsOf({ a: 1, c: 5, b: 5 });
    expect(total).toBe(11);
    expect(types).toEqual([
      ['b', 5],
      ['c', 5],
      ['a', 1],
    ]);
  });

  it('is none only where nothing at all differs', () => {
    const same = {
      from: 1,
      to: 2,
      accounts: [],
      opened: [],
      closed: [],
      trades_cut: false,
      quotes: [],
      components: [],
    };
    expect(isSame({ ...same, events: { market_data: 3 } })).toBe(true);
    const quote = { symbol: 'EURUSD', bid: { before: 1, after: 2 }, ask: { before: 1, after: 1 } };
    expect(isSame({ ...same, events: {}, quotes: [quote] })).toBe(false);
  });
});

const replay: Replay = {
  id: 'dashboard-1',
  state: 'playing',
  why: null,
  from_seq: 100,
  to_seq: 300,
  next_seq: 150,
  sent: 0,
  unheard: 50,
  at: 1,
  speed: 10,
  topic: 'replay.',
};

describe('a replay', () => {
  it('says what it does, and why it does not go on', () => {
    expect(sayReplay(replay)).toBe('playing ×10, 50 events so far');
    expect(sayReplay({ ...replay, why: 'waiting for the bus: it is away' })).toContain('waiting for the bus');
    expect(sayReplay({ ...replay, state: 'ended', unheard: 1 })).toBe('ended after 1 event');
  });

  it('says who hears it', () => {
    expect(sayHeard(replay)).toContain('nobody');
    expect(sayHeard({ sent: 5, unheard: 0 })).toContain('each event');
    expect(sayHeard({ sent: 5, unheard: 1_200 })).toBe('1,200 of them to nobody');
  });

  it('is followed by its id alone', () => {
    expect(followed([replay], 'dashboard-1')).toBe(replay);
    expect(followed([replay], 'dashboard-2')).toBeUndefined();
    expect(followed([replay], null)).toBeUndefined();
  });

  it('tells how far it has come, also one without events', () => {
    expect(playedOf(replay)).toBe(0.25);
    expect(playedOf({ ...replay, from_seq: 5, to_seq: 5 })).toBe(1);
  });

  it('takes no speed that is not offered', () => {
    expect([readSpeed('max'), readSpeed('1000'), readSpeed('7')]).toEqual(['max', 1_000, 1]);
  });
});
