import { closeSync, openSync, readSync } from 'node:fs';
import { basename } from 'node:path';
import { UsageError } from '@bitten/runtime';
import { BadFileError } from './bad-file.js';
import { barsFormat, isHeader } from './bars.js';
import type { ImportFormat } from './format.js';
import { eventsFormat, mappedFormat, signalOutcomesFormat } from './json-formats.js';
import { parseObject } from './mapping.js';
import type { EventMapping } from './mapping-rules.js';
import { pythonDbFormat } from './python-db/format.js';
import { LineSplitter } from './records.js';
import { ticksFormat } from './ticks.js';

export const formatNames = ['jsonl', 'signal-outcomes', 'events', 'ticks', 'bars', 'python-db'] as const;
export type FormatName = (typeof formatNames)[number];

export interface ChooseOptions {
  /** What the user says; undefined to guess. */
  format: FormatName | undefined;
  mapping: readonly EventMapping[] | undefined;
  symbol: string | undefined;
  source: string | undefined;
  offset_s: number;
}

/** One import: a file, or the two files of bars, and how to read them. */
export interface Chosen {
  files: string[];
  format: ImportFormat;
  /** How it was chosen, for people; undefined where the user said it. */
  guess: string | undefined;
}

/** Decides for each file how it is read. Throws `UsageError` where that is not clear, `BadFileError`. */
export function chooseFormats(files: readonly string[], options: ChooseOptions): Chosen[] {
  const named = files.map((file) => {
    const guessed = options.format ?? (options.mapping === undefined ? guessFormat(file) : 'jsonl');
    return { file, name: guessed === 'jsonl' && options.mapping === undefined ? guessFormat(file) : guessed };
  });
  const bars = named.filter(({ name }) => name === 'bars').map(({ file }) => file);
  const chosen: Chosen[] = [];
  for (const { file, name } of named) {
    if (name !== 'bars') chosen.push(chooseOne(file, name, options));
    else if (file === bars[0]) chosen.push(chooseBars(bars, options));
  }
  return chosen;
}

function chooseOne(file: string, name: Exclude<FormatName, 'bars'>, options: ChooseOptions): Chosen {
  const { source, offset_s, mapping, symbol } = options;
  const how = (said: string) => (options.format === name ? undefined : said);
  switch (name) {
    case 'jsonl':
      return { files: [file], format: mappedFormat(mapping ?? [], { source }), guess: undefined };
    case 'signal-outcomes':
      return {
        files: [file],
        format: signalOutcomesFormat({ source }),
        guess: how('signals with their outcomes'),
      };
    case 'events':
      return { files: [file], format: eventsFormat(), guess: how('whole events, one a line') };
    case 'python-db':
      return { files: [file], format: pythonDbFormat(), guess: how('the database of the Python collector') };
    case 'ticks': {
      const own = symbol ?? symbolOf(file);
      return {
        files: [file],
        format: ticksFormat({ symbol: own, source, offset_s }),
        guess: symbol !== undefined && options.format === name ? undefined : `quotes of ${own}`,
      };
    }
  }
}

function chooseBars(files: readonly string[], options: ChooseOptions): Chosen {
  if (files.length !== 2) {
    throw new UsageError(
      `bars need two files, one of the bid and one of the ask; found ${files.length}`,
      'bitten import gbpusd-m1-bid.csv gbpusd-m1-ask.csv',
    );
  }
  const [first, second] = files as [string, string];
  const isSwapped = /ask/i.test(basename(first)) && /bid/i.test(basename(second));
  const [bid, ask] = isSwapped ? [second, first] : [first, second];
  const symbol = options.symbol ?? symbolOf(bid);
  if (options.symbol === undefined && symbolOf(ask) !== symbol) {
    throw new UsageError(
      `the two files of bars are of ${symbol} and of ${symbolOf(ask)}`,
      'name two files of one symbol, or say it: --symbol EURUSD',
    );
  }
  return {
    files: [bid, ask],
    format: barsFormat({ symbol, source: options.source, offset_s: options.offset_s }),
    guess: `bars of ${symbol}, bid from ${basename(bid)}, ask from ${basename(ask)}`,
  };
}

/** The leading letters of the file's name: `eurusd-ticks.csv` is about EURUSD. */
export function symbolOf(file: string): string {
  const letters = /^[A-Za-z]{3,10}(?![A-Za-z])/.exec(basename(file))?.[0];
  if (letters !== undefined) return letters.toUpperCase();
  throw new UsageError(
    `${file}: the file's name does not begin with a symbol`,
    'say which it is: --symbol EURUSD',
  );
}

/** What every SQLite database begins with (sqlite.org/fileformat.html). */
const sqliteMagic = 'SQLite format 3\u0000';
const head_bytes = 64 * 1024;
/** A first line may be broken; somewhere in so many there is one that tells. */
const lines_looked_at = 20;

/** What a file's first lines look like. Throws `UsageError` where it is none of what we know. */
export function guessFormat(file: string): FormatName {
  const lines = firstLines(file);
  if (lines[0]?.startsWith(sqliteMagic)) return 'python-db';
  for (const text of lines) {
    const name = guessLine(text);
    if (name !== undefined) return name;
  }
  const object = lines.map(parseObject).find((fields) => fields !== undefined);
  if (object !== undefined) {
    throw new UsageError(
      `${file}: lines of JSON with ${Object.keys(object).slice(0, 8).join(', ')}: which events are these?`,
      '--type TYPE --set field=sourceField … says it, or a mapping file: --map FILE',
    );
  }
  throw new UsageError(
    `${file}: not clear how to read it${lines[0] === undefined ? ', it is empty' : `; it begins ${JSON.stringify(lines[0].slice(0, 60))}`}`,
    'lines of JSON, YYYYMMDD HHMMSSmmm,bid,ask,volume and timestamp,open,high,low,close are known; say which: --format ticks',
  );
}

function guessLine(text: string): FormatName | undefined {
  if (/^\d{8} \d{9},/.test(text)) return 'ticks';
  if (isHeader(text)) return 'bars';
  const fields = parseObject(text);
  if (fields === undefined) return undefined;
  if ('event_type' in fields && 'data' in fields) return 'events';
  if ('signal_id' in fields && 'pattern' in fields && ('pair' in fields || 'symbol' in fields)) {
    return 'signal-outcomes';
  }
  return undefined;
}

function firstLines(file: string): string[] {
  let head: Buffer;
  try {
    const fd = openSync(file, 'r');
    try {
      const buffer = Buffer.alloc(head_bytes);
      head = buffer.subarray(0, readSync(fd, buffer, 0, head_bytes, 0));
    } finally {
      closeSync(fd);
    }
  } catch (cause) {
    const found = (cause as NodeJS.ErrnoException).code ?? String(cause);
    throw new BadFileError(file, {
      found: found === 'ENOENT' ? 'no such file' : found,
      expected: 'a file to read',
      remedy: 'check the path and its permissions',
      cause,
    });
  }
  const splitter = new LineSplitter();
  const records = splitter.push(head);
  // The piece of a line the head ends with tells nothing, unless it is all there is.
  const last = head.length < head_bytes ? splitter.end() : undefined;
  if (last !== undefined) records.push(last);
  return records.slice(0, lines_looked_at).map((record) => record.text);
}
