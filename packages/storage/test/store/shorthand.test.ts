import Database from 'better-sqlite3';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openStore } from '../../src/store/index.js';
import { learnFragments, secondsText, shorten } from '../../src/store/shorthand.js';
import { spanOf, storeEpoch, writtenEvent } from '../../src/testing/store-events.js';
import { isWellFormed, useTempDir } from './helpers.js';

const noWords = { correlationId: null, symbol: null, seconds: null };

describe('the shorthand of data', () => {
  const tempDir = useTempDir();

  /** Stores these events and reads data_json through the view, as anybody would. */
  function throughTheView(texts: string[]): string[] {
    const file = `${tempDir()}/store.db`;
    const store = openStore({ file });
    store.bind('log');
    store.applyEvents(spanOf(texts.map((text, i) => writtenEvent(i + 1, text))));
    store.close();
    const db = new Database(file, { readonly: true });
    const rows = db.prepare('SELECT data_json FROM events ORDER BY id').pluck().all() as string[];
    db.close();
    return rows;
  }

  it('learns what stands between the values, quotes included', () => {
    expect(learnFragments('{"symbol":"EURUSD","bid":1.1,"note":"x"}')).toEqual([
      '{"symbol":"',
      '","bid":',
      ',"note":"',
    ]);
    expect(learnFragments('{}')).toEqual([]);
    expect(learnFragments('[1]')).toEqual([]);
  });

  it('puts a code for each fragment and for what the row says anyway', () => {
    const data = '{"symbol":"EURUSD","id":"SIG_1","bid":1.10,"timestamp":1757957318.5}';
    const words = { correlationId: 'SIG_1', symbol: 'EURUSD', seconds: secondsText(1757957318.99) };
    expect(shorten(data, learnFragments(data), words)).toBe(
      '\u0001\u001f\u0002\u001e\u00031.10\u0004\u001d.5}',
    );
    expect(shorten('{"other":1}', learnFragments(data), noWords)).toBeNull();
  });

  it('is read back byte for byte, whatever was learned from whom', () => {
    fc.assert(
      fc.property(fc.array(anyEvent, { minLength: 1, maxLength: 12 }), (events) => {
        const texts = events.map(({ envelope, data }) => `{${envelope}"data":${data}}`);
        expect(throughTheView(texts)).toEqual(events.map((event) => event.data));
      }),
      { numRuns: 60 },
    );
  });

  it('keeps how a number was written, which no parser could give back', () => {
    const data = '{"a": 1.10, "big": 12345678901234567890, "exp": 1E+2, "minus": -0}';
    const text = `{"event_type": "x", "timestamp": 5, "source": "s", "data": ${data}, "user_id": null}`;
    expect(throughTheView([text, text])).toEqual([data, data]);
  });

  it('leaves the thirteenth and later keys, and the ninth and later shapes, as they came', () => {
    const wide = `{${Array.from({ length: 20 }, (_, i) => `"key_${i}":${i}`).join(',')}}`;
    const many = Array.from({ length: 20 }, (_, i) => `{"only_in_${i}":"value"}`);
    const events = [wide, ...many, wide].map(
      (data) => `{"event_type":"x","timestamp":5,"source":"s","data":${data}}`,
    );
    expect(throughTheView(events)).toEqual([wide, ...many, wide]);
  });

  it('keeps white space, the only control characters JSON has, in data of any width', () => {
    const members = Array.from({ length: 14 }, (_, i) => `\t"key_${i}"\r:\t"value ${i}"`);
    const data = `{${members.join(',\t')}\t}`;
    const text = `{"event_type":"x","timestamp":5,"source":"s","data":${data}}`;
    expect(throughTheView([text, text])).toEqual([data, data]);
  });

  it('is not fooled by a correlation id or symbol that holds its codes', () => {
    const data = '{"symbol":"\\u0001\\u001f","id":"\\u0002","n":1}';
    const event = (id: string) =>
      `{"event_type":"x","timestamp":5,"source":"s","correlation_id":"${id}","data":${data}}`;
    const events = ['\\u00011\\u0002', '\\u0002', '1', '', '\\u001e'].map(event);
    expect(throughTheView(events)).toEqual(events.map(() => data));
  });
});

const word = fc.oneof(
  fc.constantFrom('EURUSD', 'SIG_1', '1757957318', '', '":"', '{', 'data', '\u0001', '\u001e', 'é💶'),
  fc
    .string({ unit: 'binary', maxLength: 6 })
    .filter((text) => isWellFormed(text) && !text.includes('\u0000')),
);
const scalar = fc.oneof(
  word.map((text) => JSON.stringify(text)),
  fc.constantFrom(
    '1.10',
    '1757957318.25',
    '1757957318',
    'null',
    'true',
    '[1,{"symbol":"EURUSD"}]',
    '{"a":"}"}',
  ),
);
const key = fc.constantFrom('symbol', 'signal_id', 'bid', 'timestamp', 'x"y', 'z\\');
const anyEvent = fc
  .record({
    type: fc.constantFrom('market_data', 'signal_generated', 'other'),
    seconds: fc.constantFrom(1757957318.125, 5, 1e10, storeEpoch),
    correlation: word,
    members: fc.array(fc.tuple(key, scalar), { maxLength: 5 }),
    space: fc.constantFrom('', ' '),
  })
  .map(({ type, seconds, correlation, members, space }) => ({
    envelope:
      `"event_type":"${type}","timestamp":${seconds},"source":"s",` +
      `"correlation_id":${JSON.stringify(correlation)},`,
    data: `{${members.map(([name, value]) => `${JSON.stringify(name)}:${space}${value}`).join(`,${space}`)}}`,
  }));
