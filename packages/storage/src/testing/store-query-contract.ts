import type { Envelope } from '@bitten/schema';
import { expect, it } from 'vitest';
import type { EventQuery, Store } from '../store/types.js';
import { loggedEvent, spanOf, storeEpoch, writtenEvent } from './store-events.js';

/** What is asked comes back as it was published, and nothing else does. */
export function queryContract(bound: () => Store): void {
  it('gives an event back as it was published', () => {
    const store = bound();
    const data = {
      action: 'login',
      details: { from: 'app', tries: [1, { ok: true }] },
      note: 'a "b" \\ \n é 💶',
    };
    store.applyEvents(
      spanOf([
        loggedEvent(1, {
          event_type: 'user_action',
          timestamp: 1_757_957_318.1234567,
          source: 'webapp',
          data,
          correlation_id: 'c-1',
          user_id: 'u-1',
          session_id: 's-1',
        }),
      ]),
    );
    expect(store.queryEvents({})).toEqual([
      {
        id: 1,
        event_type: 'user_action',
        timestamp: 1_757_957_318.1234567,
        source: 'webapp',
        correlation_id: 'c-1',
        user_id: 'u-1',
        session_id: 's-1',
        data,
        created_at: storeEpoch + 1.25,
      },
    ]);
  });

  it('has null where an optional field is absent or null, and keeps the empty string', () => {
    const store = bound();
    store.applyEvents(
      spanOf([loggedEvent(1), loggedEvent(2, { correlation_id: null, user_id: '', session_id: null })]),
    );
    expect(
      store.queryEvents({}).map((event) => [event.correlation_id, event.user_id, event.session_id]),
    ).toEqual([
      [null, '', null],
      [null, null, null],
    ]);
  });

  it('keeps fields of the envelope it does not know', () => {
    const store = bound();
    const text =
      '{"event_type":"x","timestamp":5,"trace":{"data":{"no":1}},"source":"s","data":{"yes":[]},"n":1.10}';
    store.applyEvents(spanOf([writtenEvent(1, text)]));
    expect(store.queryEvents({})[0]).toMatchObject({
      data: { yes: [] },
      extra: { trace: { data: { no: 1 } }, n: 1.1 },
    });
  });

  it.each([
    {},
    { correlation_id: 'c' },
    { user_id: null },
    { correlation_id: null, user_id: 'u', session_id: 's' },
  ])('keeps an unknown field beside %j', (optional) => {
    const store = bound();
    const event: Partial<Envelope> & { seq: number } = { ...optional, seq: 7 };
    store.applyEvents(spanOf([loggedEvent(1, event)]));
    expect(store.queryEvents({})[0]?.extra).toEqual({ seq: 7 });
  });

  it('keeps the exact time of appending, whatever lies between it and the event', () => {
    const store = bound();
    const times = [0, 1, storeEpoch, storeEpoch + 1 / 3, 1e9 + 0.1, 2 ** 31 + 0.7, 1_757_957_318.1234567];
    const items = times.flatMap((timestamp, i) =>
      times.map((appendedAt, j) => {
        const item = loggedEvent(1 + i * times.length + j, { timestamp: timestamp + 0.001 });
        return { ...item, appendedAt };
      }),
    );
    store.applyEvents(spanOf(items));
    const found = new Map(store.queryEvents({ limit: 1000 }).map((event) => [event.id, event.created_at]));
    expect(items.map((item) => found.get(item.seq))).toEqual(items.map((item) => item.appendedAt));
  });

  it('answers newest first by the event, the later place first where times are equal', () => {
    const store = bound();
    store.applyEvents(spanOf([30, 10, 20, 30].map((timestamp, i) => loggedEvent(i + 1, { timestamp }))));
    expect(store.queryEvents({}).map((event) => event.id)).toEqual([4, 1, 3, 2]);
  });

  it('limits: 100 by default, none for 0, and no nonsense', () => {
    const store = bound();
    store.applyEvents(spanOf(Array.from({ length: 150 }, (_, i) => loggedEvent(i + 1))));
    expect(store.queryEvents({}).length).toBe(100);
    expect(store.queryEvents({ limit: 0 })).toEqual([]);
    expect(store.queryEvents({ limit: 3 }).map((event) => event.id)).toEqual([150, 149, 148]);
    for (const limit of [-1, 1.5, Number.NaN]) expect(() => store.queryEvents({ limit })).toThrow(RangeError);
  });

  it.each(filters)('finds by %j', (query, ids) => {
    const store = bound();
    store.applyEvents(spanOf(mixture()));
    expect(store.queryEvents(query).map((event) => event.id)).toEqual(ids);
  });
}

function mixture() {
  const action = { event_type: 'user_action', source: 'webapp' };
  return [
    loggedEvent(1, { timestamp: 10 }),
    loggedEvent(2, { timestamp: 20, data: { symbol: 'GBPUSD', bid: 1 } }),
    loggedEvent(3, { ...action, timestamp: 30, user_id: 'u-1', data: { action: 'a' } }),
    loggedEvent(4, {
      ...action,
      timestamp: 25,
      user_id: 'u-2',
      correlation_id: 'c-1',
      data: { action: 'b' },
    }),
    loggedEvent(5, { event_type: 'alert', timestamp: 5, correlation_id: 'c-1', data: { symbol: 'EURUSD' } }),
    loggedEvent(6, { event_type: 'alert', timestamp: 40, data: { symbol: 17 } }),
  ];
}

const filters: Array<[EventQuery, number[]]> = [
  [{}, [6, 3, 4, 2, 1, 5]],
  [{ event_type: 'market_data' }, [2, 1]],
  [{ event_type: 'no_such_type' }, []],
  [{ source: 'webapp' }, [3, 4]],
  [{ source: 'nobody' }, []],
  [{ source: 'mt5_feed', event_type: 'alert' }, [6, 5]],
  [{ source: 'webapp', event_type: 'alert' }, []],
  [{ symbol: 'EURUSD' }, [1, 5]],
  [{ symbol: 'EURUSD', limit: 1 }, [1]],
  [{ symbol: 'EURUSD', event_type: 'market_data' }, [1]],
  [{ symbol: 'XAUUSD' }, []],
  [{ user_id: 'u-1' }, [3]],
  [{ user_id: 'u-1', event_type: 'market_data' }, []],
  [{ correlation_id: 'c-1' }, [4, 5]],
  [{ correlation_id: 'c-1', symbol: 'EURUSD', source: 'mt5_feed' }, [5]],
  [{ correlation_id: 'c-1', user_id: 'u-2' }, [4]],
  [{ start_time: 20, end_time: 30 }, [3, 4, 2]],
  [{ start_time: 20, event_type: 'market_data' }, [2]],
  [{ end_time: 14.9, symbol: 'EURUSD' }, [1, 5]],
  [{ start_time: 31, limit: 5 }, [6]],
  [{ start_time: 50 }, []],
];
