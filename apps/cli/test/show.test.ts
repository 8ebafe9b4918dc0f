import type { Envelope } from '@bitten/schema';
import { describe, expect, test } from 'vitest';
import { csvRow } from '../src/show/csv.js';
import { describeData, EventLines, paintOf } from '../src/show/event-line.js';
import { fitWidths, renderTable } from '../src/show/table.js';
import { colorsFor, cut, harmless, visibleLength } from '../src/show/terminal.js';

const event: Envelope = {
  event_type: 'signal_generated',
  timestamp: 1_755_799_117,
  source: 'elite_guard',
  correlation_id: 'S1',
  data: {
    signal_id: 'S1',
    symbol: 'EURUSD',
    direction: 'BUY',
    confidence: 85,
    pattern_type: 'SWEEP',
    entry_price: 1.1,
  },
};
const plain = colorsFor({ isTTY: false } as NodeJS.WriteStream);

describe('an event in one line', () => {
  test('shows the fields a person looks for, in their order', () => {
    expect(describeData(event)).toBe('EURUSD BUY 85 % SWEEP entry_price=1.1');
    expect(describeData({ ...event, event_type: 'own', data: { b: 1.23456789, a: { x: [1] } } })).toBe(
      'b=1.23457 a={"x":[1]}',
    );
  });

  test('has no colours where none are wanted', () => {
    const [line] = new EventLines(plain).lines([{ seq: 7, event }], 1_755_799_117);
    expect(line).not.toContain('\u001b');
    expect(line).toMatch(
      / {2}7 {2}signal_generated {2}elite_guard {2}EURUSD BUY 85 % SWEEP entry_price=1.1 {2}S1$/,
    );
  });

  test('stands under the one before, however long a name is', () => {
    const lines = new EventLines(plain);
    const now = event.timestamp;
    const long = { ...event, source: 'a_rather_long_source' };
    const [before] = lines.lines(
      [
        { seq: 1, event },
        { seq: 2, event: long },
      ],
      now,
    );
    const [after] = lines.lines([{ seq: 3, event }], now);
    expect(before).toContain('elite_guard           EURUSD');
    expect(after).toContain('elite_guard           EURUSD');
  });

  test('cannot move the cursor or change the title of the terminal', () => {
    const hostile = {
      ...event,
      event_type: 'x',
      source: 'a\u001b[2J',
      data: { a: '\u001b]0;title\u0007', b: '\r\n\u009b' },
    };
    const [line] = new EventLines(plain).lines([{ seq: 1, event: hostile }], 0);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: none of these may be in it
    expect(line).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/);
    expect(harmless('\u001b')).toBe('␛');
  });

  test('a type has the same colour always', () => {
    const colors = colorsFor({ isTTY: true } as NodeJS.WriteStream);
    expect(paintOf('my_type', colors)('x')).toBe(paintOf('my_type', colors)('x'));
    expect(paintOf('signal_generated', colors)('x')).not.toBe(paintOf('fire_command', colors)('x'));
  });
});

test('cutting counts what is seen, not the colours', () => {
  const colored = `\u001b[31mred\u001b[39m and more`;
  expect(visibleLength(colored)).toBe(12);
  expect(visibleLength(cut(colored, 6))).toBe(6);
  expect(cut(colored, 6)).toContain('\u001b[39m');
  expect(cut('short', 10)).toBe('short');
});

describe('a table', () => {
  test('is no wider than the terminal, and the columns that may be cut give way first', () => {
    const rows = [['1', '2025-08-21 17:58:37.730', 'x'.repeat(200)]];
    const text = renderTable({ head: ['seq', 'time', 'what'], rows, width: 60, flexible: ['what'] });
    for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(60);
    expect(text).toContain('2025-08-21 17:58:37.730');
    expect(text).toContain('…');
  });

  test('is not cut where there is no terminal', () => {
    const rows = [['x'.repeat(500)]];
    expect(renderTable({ head: ['a'], rows, width: Number.POSITIVE_INFINITY })).toContain('x'.repeat(500));
  });

  test('gives up evenly', () => {
    const isFlexible = [true, true, true];
    expect(fitWidths([10, 50, 50], { width: 74, isFlexible })).toEqual([10, 30, 30]);
    expect(fitWidths([5, 5, 5], { width: 80, isFlexible })).toEqual([5, 5, 5]);
  });
});

test('CSV quotes what would break a row', () => {
  expect(csvRow(['a', 1.5, null, 'x,y', 'say "hi"', 'two\nlines', { a: 1 }])).toBe(
    'a,1.5,,"x,y","say ""hi""","two\nlines","{""a"":1}"',
  );
});
