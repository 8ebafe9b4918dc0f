import { UsageError } from '@bitten/runtime';
import { createStandardCatalogue, decodeEvent, type Envelope } from '@bitten/schema';
import { describe, expect, test } from 'vitest';
import { BadFileError } from '../src/import/bad-file.js';
import { barsFormat } from '../src/import/bars.js';
import type { ImportFormat } from '../src/import/format.js';
import { eventsFormat, mappedFormat, signalOutcomesFormat } from '../src/import/json-formats.js';
import { readMapping } from '../src/import/mapping-rules.js';
import { ticksFormat } from '../src/import/ticks.js';
import { makeFile } from './support/files.js';

const catalogue = createStandardCatalogue();

function mapLine(format: ImportFormat, text: string): string[] {
  return format.map({ line: 1, text });
}

function events(texts: string[]): Envelope[] {
  return texts.map((text) => JSON.parse(text) as Envelope);
}

function issuesOf(text: string): string[] {
  const decoded = decodeEvent(text, catalogue);
  return decoded.ok ? [] : decoded.issues.map((issue) => `${issue.path} ${issue.code}`);
}

describe('signal outcomes', () => {
  const format = signalOutcomesFormat({ source: undefined });
  const line = {
    timestamp: '2025-01-02T03:04:05.250001',
    pair: 'NZDUSD',
    pattern: 'ORDER_BLOCK',
    confidence: 71.5,
    win: true,
    session: 'LONDON',
    signal_id: 'S1',
    direction: 'SELL',
  };

  test('a line is a signal and its outcome, both valid and tied together', () => {
    const texts = mapLine(format, JSON.stringify(line));
    expect(texts.flatMap(issuesOf)).toEqual([]);
    const [signal, outcome] = events(texts);
    expect(signal).toEqual({
      event_type: 'signal_generated',
      timestamp: 1735787045.250001,
      source: 'elite_guard',
      correlation_id: 'S1',
      data: {
        signal_id: 'S1',
        symbol: 'NZDUSD',
        pattern_type: 'ORDER_BLOCK',
        confidence: 71.5,
        session: 'LONDON',
        direction: 'SELL',
      },
    });
    expect(outcome).toMatchObject({
      event_type: 'signal_outcome',
      correlation_id: 'S1',
      source: 'outcome_tracker',
    });
    expect(outcome?.data).toEqual({
      signal_id: 'S1',
      outcome: 'WIN',
      symbol: 'NZDUSD',
      direction: 'SELL',
      pattern: 'ORDER_BLOCK',
      confidence: 71.5,
    });
  });

  test('a signal whose end is not known has no outcome', () => {
    const { win: _, ...open } = line;
    expect(events(mapLine(format, JSON.stringify(open))).map((event) => event.event_type)).toEqual([
      'signal_generated',
    ]);
  });

  test('a lost one is a LOSS', () => {
    const [, outcome] = events(mapLine(format, JSON.stringify({ ...line, win: false })));
    expect(outcome?.data.outcome).toBe('LOSS');
  });

  test('a line that lacks direction and win is one dead letter that says so', () => {
    const { win: _, direction: __, ...bare } = line;
    const texts = mapLine(format, JSON.stringify({ ...bare, timestamp: '2025-01-02T03:04:05Z' }));
    expect(texts.map(issuesOf)).toEqual([['data.direction missing']]);
  });

  test('what is no JSON, or no object, goes on as it came', () => {
    expect(mapLine(format, 'not json')).toEqual(['not json']);
    expect(mapLine(format, '[1,2]')).toEqual(['[1,2]']);
  });

  test('a time nobody can read stays as it was found, for the dead letter to show', () => {
    const [text] = mapLine(format, JSON.stringify({ ...line, timestamp: 'yesterday' }));
    expect(issuesOf(text!)).toEqual(['timestamp type']);
    expect(text).toContain('"timestamp":"yesterday"');
  });
});

describe('ticks', () => {
  const options = { symbol: 'EURUSD', source: undefined, offset_s: 0 };

  test('a line is a valid quote', () => {
    const [event] = events(mapLine(ticksFormat(options), '20200101 170000065,1.121200,1.121720,3'));
    expect(event).toEqual({
      event_type: 'market_data',
      timestamp: 1577898000.065,
      source: 'mt5_feed',
      data: { symbol: 'EURUSD', bid: 1.1212, ask: 1.12172, volume: 3, timestamp: 1577898000.065 },
    });
    expect(issuesOf(JSON.stringify(event))).toEqual([]);
  });

  test('a file that keeps New York time is read five hours later', () => {
    const format = ticksFormat({ ...options, offset_s: -5 * 3600 });
    const [event] = events(mapLine(format, '20200101 170000065,1.1,1.2,0'));
    expect(event?.timestamp).toBe(1577898000.065 + 5 * 3600);
  });

  test.each([
    ['20200101 170000065,abc,1.2,0', 'data.bid type'],
    ['20200101 170000065,1.1', 'data.ask missing'],
    ['20200101 170000065,1.1,1.2,0.5', 'data.volume type'],
    ['20201301 170000065,1.1,1.2,0', 'timestamp type'],
  ])('%s is a dead letter that names its fault', (text, issue) => {
    expect(issuesOf(mapLine(ticksFormat(options), text)[0]!)).toContain(issue);
  });
});

describe('bars', () => {
  const header = 'timestamp,open,high,low,close\n';
  const bar = (minute: number, close: number) => `2012-02-01 00:0${minute}:00+00:00,1,1,1,${close}\n`;

  async function join(bid: string, ask: string) {
    const format = barsFormat({ symbol: 'GBPUSD', source: undefined, offset_s: 0 });
    const files = [makeFile('bid.csv', bid), makeFile('ask.csv', ask)];
    const quotes: Array<Record<string, unknown>> = [];
    for await (const records of format.read(files, {})) {
      for (const record of records) quotes.push(...events(format.map(record)).map((event) => event.data));
    }
    return { quotes, notes: format.notes?.() };
  }

  test('are one quote for each minute that both files have, from the closes', async () => {
    const bid = header + bar(0, 1.1) + bar(1, 1.2) + bar(3, 1.4);
    const ask = header + bar(0, 1.15) + bar(2, 1.35) + bar(3, 1.45) + bar(4, 1.5);
    const { quotes, notes } = await join(bid, ask);
    expect(quotes.map(({ bid, ask }) => [bid, ask])).toEqual([
      [1.1, 1.15],
      [1.4, 1.45],
    ]);
    expect(quotes[0]?.timestamp).toBe(1328054400);
    expect(notes).toEqual([
      '1 bar is in the bid file only: left out',
      '2 bars are in the ask file only: left out',
    ]);
  });

  test('that are not sorted are refused, with the line', async () => {
    const unsorted = header + bar(2, 1) + bar(1, 1);
    await expect(join(unsorted, header + bar(2, 1) + bar(3, 1))).rejects.toThrow(BadFileError);
    await expect(join(unsorted, header + bar(2, 1) + bar(3, 1))).rejects.toThrow(/line 3/);
  });
});

describe('a mapping of your own', () => {
  const trades = readMapping(
    {
      type: 'trade_executed',
      source: 'broker_export',
      timestamp: 'closed_at',
      user_id: 'account',
      set: {
        direction: { from: 'side', words: { b: 'BUY', s: 'SELL' } },
        fire_id: ['fire', 'order'],
        broker: { value: 'demo' },
      },
      drop: ['secret'],
    },
    'trades.yaml',
  );
  const format = mappedFormat(trades, { source: undefined });

  test('takes fields from where it says, in its words, and the aliases of the bridge', () => {
    const line = {
      closed_at: 1735787045123,
      account: 77,
      side: 's',
      order: 'F9',
      ticket: 5,
      pair: 'EURUSD',
      secret: 1,
    };
    const [event] = events(mapLine(format, JSON.stringify({ ...line, volume: 0.1, price: 1.1 })));
    expect(event).toMatchObject({
      timestamp: 1735787045.123,
      source: 'broker_export',
      user_id: '77',
      correlation_id: 'F9',
    });
    expect(event?.data).toEqual({
      direction: 'SELL',
      fire_id: 'F9',
      broker: 'demo',
      ticket: 5,
      symbol: 'EURUSD',
      volume: 0.1,
      open_price: 1.1,
      execution_time: 1735787045.123,
    });
  });

  test('puts the user into the data of types that want it there', () => {
    const logins = readMapping({ type: 'user_action', user_id: 'uid', set: { action: 'what' } }, '--type');
    const line = { ts: 1735787045, uid: 7, what: 'login' };
    const texts = mapLine(mappedFormat(logins, { source: undefined }), JSON.stringify(line));
    expect(texts.flatMap(issuesOf)).toEqual([]);
    expect(events(texts)[0]).toMatchObject({ user_id: '7', data: { user_id: '7', action: 'login' } });
  });

  test('makes the same events every time', () => {
    const line = '{"closed_at":1735787045,"ticket":1}';
    expect(mapLine(format, line)).toEqual(mapLine(format, line));
  });

  test.each([
    [{ typ: 'x' }, /typ/],
    [{ type: 'x', set: { a: 5 } }, /set\.a/],
    [{ events: [] }, /events/],
    [{ type: 'x', rest: 'no' }, /rest/],
    [[], /mapping/],
  ])('that is wrong is refused: %j', (content, message) => {
    expect(() => readMapping(content, 'map.yaml')).toThrow(UsageError);
    expect(() => readMapping(content, 'map.yaml')).toThrow(message);
  });
});

test('printed events lose the places they had in another log, and nothing else', () => {
  const format = eventsFormat();
  const event = { event_type: 'x', timestamp: 1, source: 's', data: { id: 7 } };
  expect(mapLine(format, JSON.stringify(event))).toEqual([JSON.stringify(event)]);
  expect(events(mapLine(format, JSON.stringify({ ...event, seq: 5, appended_at: 9 })))).toEqual([event]);
  const stored = { id: 5, ...event, created_at: 9, extra: { trace: 't' } };
  expect(events(mapLine(format, JSON.stringify(stored)))).toEqual([{ ...event, trace: 't' }]);
  const own = JSON.stringify({ ...event, id: 'mine' });
  expect(mapLine(format, own)).toEqual([own]);
});
