import { rmSync, writeFileSync } from 'node:fs';
import { UsageError } from '@bitten/runtime';
import { hostileTexts } from '@bitten/schema/testing';
import fc from 'fast-check';
import { describe, expect, it, test, vi } from 'vitest';
import { BadFileError } from '../src/import/bad-file.js';
import { chooseFormats, formatNames } from '../src/import/choose.js';
import { eventsFormat, mappedFormat, signalOutcomesFormat } from '../src/import/json-formats.js';
import { readMapping } from '../src/import/mapping-rules.js';
import { LineSplitter } from '../src/import/records.js';
import { describeData } from '../src/show/event-line.js';
import { parseDuration, parseMoment, readTimestamp } from '../src/time.js';
import { makeFile } from './support/files.js';

// Nothing here depends on the time a machine takes that has others to serve.
vi.setConfig({ testTimeout: 60_000 });

const mapping = readMapping(
  { type: 'x', set: { a: 'b', c: { from: 'constructor', words: { yes: 1 } }, d: { value: [1] } } },
  'test',
);
const jsonFormats = [
  mappedFormat(mapping, { source: undefined }),
  signalOutcomesFormat({ source: undefined }),
  eventsFormat(),
];

describe.each(jsonFormats)('a line of $name', (format) => {
  it.each(hostileTexts())('that is $what becomes events, or goes on as it is', ({ bytes }) => {
    const splitter = new LineSplitter();
    const records = [...splitter.push(Buffer.from(bytes)), splitter.end()].filter(
      (each) => each !== undefined,
    );
    for (const record of records) {
      const texts = format.map(record);
      expect(texts.length).toBeGreaterThan(0);
      for (const text of texts) expect(text === record.text || JSON.parse(text)).toBeTruthy();
    }
  });
});

test('fields of any name come back from what was printed', () => {
  const printed =
    '{"seq":7,"appended_at":1,"event_type":"x","extra":{"__proto__":{"a":1},"constructor":2},"data":{}}';
  const [text] = eventsFormat().map({ line: 1, text: printed });
  expect(text).toBe('{"event_type":"x","data":{},"__proto__":{"a":1},"constructor":2}');
});

test('a word is looked up among the words, not among what every object has', () => {
  const [text] = mappedFormat(mapping, { source: 'y' }).map({
    line: 1,
    text: '{"timestamp":1,"constructor":"toString"}',
  });
  expect((JSON.parse(text!) as { data: { c: unknown } }).data.c).toBe('toString');
});

test.each(['constructor', '__proto__', 'toString', 'hasOwnProperty'])(
  'an event of type %s can be shown',
  (name) => {
    const event = { event_type: name, timestamp: 1, source: 'x', data: { a: 1, [name]: '\u001b[2J' } };
    expect(describeData(event)).toMatch(/^a=1[^\p{Cc}]*$/u);
  },
);

test.each(formatNames)('any file is imported as %s, or refused by a documented error', async (format) => {
  const file = makeFile('eurusd.txt', '');
  const line = fc.oneof(
    fc.json(),
    fc.string({ unit: 'binary' }),
    fc.constantFrom(
      'timestamp,open,high,low,close',
      '2012-01-02 00:00,1,2,1,1.5',
      '20200101 170014743,1,2,0',
    ),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(line), fc.constantFrom('\n', '\r\n', '\0', ','), async (lines, separator) => {
      writeFileSync(file, lines.join(separator));
      const given = format === 'bars' ? [file, file] : [file];
      const choice = { format, mapping, symbol: undefined, source: undefined, offset_s: 0 };
      try {
        for (const { files, format: chosen } of chooseFormats(given, choice)) {
          for await (const records of chosen.read(files, {})) {
            for (const record of records) expect(chosen.map(record).length).toBeGreaterThan(0);
          }
        }
      } catch (error) {
        expect(error instanceof UsageError || error instanceof BadFileError).toBe(true);
        expect((error as Error).message.length).toBeLessThan(1_000_000);
      }
    }),
    { numRuns: 50 },
  );
  rmSync(file);
});

describe('a time in any words', () => {
  const words = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.stringMatching(
      /^\d{0,5}-\d{0,2}-\d{0,2}[T ]?\d{0,2}:?\d{0,2}:?\d{0,2}(\.\d{0,12})?(Z|[+-]\d\d:?\d\d)?$/,
    ),
    fc.stringMatching(/^\d{1,400}(\.\d{1,20})?(ms|s|min|h|d)?$/),
  );

  it('is a finite number, or refused', () => {
    fc.assert(
      fc.property(words, (text) => {
        const time = readTimestamp(text);
        if (time !== undefined) expect(Number.isFinite(time)).toBe(true);
        for (const read of [
          () => parseMoment(text, '--since', 1.7e9),
          () => parseDuration(text, '--sleep'),
        ]) {
          try {
            expect(Number.isFinite(read())).toBe(true);
          } catch (error) {
            expect(error).toBeInstanceOf(UsageError);
            expect((error as Error).message.length).toBeLessThan(500);
          }
        }
      }),
    );
  });

  it('means that moment: the year 71 is not 1971', () => {
    expect(readTimestamp('0071-01-01')).toBeUndefined();
    const moment = fc.date({ min: new Date('1970-01-02'), max: new Date('9999-12-31'), noInvalidDate: true });
    fc.assert(
      fc.property(moment, (date) => {
        expect(readTimestamp(date.toISOString())).toBe(date.getTime() / 1000);
      }),
    );
  });
});
