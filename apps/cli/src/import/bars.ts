import { defaultSourceOf } from '@bitten/schema';
import { readTimestamp } from '../time.js';
import { BadFileError } from './bad-file.js';
import type { ImportFormat } from './format.js';
import { type ImportRecord, type ReadLinesOptions, readLines } from './records.js';
import { isCutShort, type QuoteOptions, quoteText, readNumber } from './ticks.js';

const version = 1;
const fields = 5;
const closeColumn = 4;

/**
 * Bars of the bid in one file and of the ask in another, both with the header
 * `timestamp,open,high,low,close`: one quote for each moment that stands in both, from the two closes.
 */
export function barsFormat(options: QuoteOptions): ImportFormat {
  const { symbol, offset_s } = options;
  const source = options.source ?? defaultSourceOf('market_data');
  const unmatched = { bid: 0, ask: 0 };
  return {
    name: 'bars',
    identity: JSON.stringify(['bars', version, symbol, source, offset_s]),
    read: ([bid, ask], reading) => joinBars({ bid: bid!, ask: ask!, reading, unmatched }),
    map: ({ text }) => {
      const [bid = '', ask = ''] = text.split('\n').map((line) => line.split(','));
      const stamp = bid[0] ?? '';
      const time = readTimestamp(stamp);
      const timestamp = time === undefined ? stamp : time - offset_s;
      const closes = { bid: readNumber(bid[closeColumn]), ask: readNumber(ask[closeColumn]) };
      return [quoteText({ timestamp, source, symbol, ...closes })];
    },
    notes: () => notesOn(unmatched),
  };
}

function notesOn(unmatched: { bid: number; ask: number }): string[] {
  const notes: string[] = [];
  if (unmatched.bid > 0) notes.push(`${count(unmatched.bid)} in the bid file only: left out`);
  if (unmatched.ask > 0) notes.push(`${count(unmatched.ask)} in the ask file only: left out`);
  return notes;
}

function count(bars: number): string {
  return bars === 1 ? '1 bar is' : `${bars.toLocaleString('en')} bars are`;
}

interface Join {
  bid: string;
  ask: string;
  reading: ReadLinesOptions;
  unmatched: { bid: number; ask: number };
}

/** Goes through both files at once, always on from the earlier bar; they are sorted by time. */
async function* joinBars({ bid, ask, reading, unmatched }: Join): AsyncGenerator<ImportRecord[]> {
  const bytes = { bid: 0, ask: 0 };
  const open = (file: string, side: 'bid' | 'ask') =>
    new BarReader(file, {
      ...reading,
      onBytes: (read) => {
        bytes[side] = read;
        reading.onBytes?.(bytes.bid + bytes.ask);
      },
    });
  const bids = open(bid, 'bid');
  const asks = open(ask, 'ask');
  let joined: ImportRecord[] = [];
  let [bidBar, askBar] = [await bids.next(), await asks.next()];
  while (bidBar !== undefined || askBar !== undefined) {
    if (askBar === undefined || (bidBar !== undefined && bidBar.time < askBar.time)) {
      unmatched.bid += 1;
      bidBar = bids.ready() ?? (await bids.next());
    } else if (bidBar === undefined || askBar.time < bidBar.time) {
      unmatched.ask += 1;
      askBar = asks.ready() ?? (await asks.next());
    } else {
      joined.push({ line: bidBar.line, text: `${bidBar.text}\n${askBar.text}` });
      bidBar = bids.ready() ?? (await bids.next());
      askBar = asks.ready() ?? (await asks.next());
    }
    if (joined.length >= 1000) {
      yield joined;
      joined = [];
    }
  }
  if (joined.length > 0) yield joined;
}

interface Bar extends ImportRecord {
  time: number;
}

/** The bars of one file, each checked to be later than the one before. */
class BarReader {
  readonly #file: string;
  readonly #source: AsyncGenerator<ImportRecord[]>;
  #records: ImportRecord[] = [];
  #at = 0;
  #last = Number.NEGATIVE_INFINITY;

  constructor(file: string, options: ReadLinesOptions) {
    this.#file = file;
    this.#source = readLines(file, { ...options, isUnfinished: (text) => isCutShort(text, fields) });
  }

  /** The next bar where it is in memory already: most are, and need no turn of the event loop. */
  ready(): Bar | undefined {
    while (this.#at < this.#records.length) {
      const record = this.#records[this.#at++]!;
      if (record.line > 1 || !isHeader(record.text)) return this.#check(record);
    }
    return undefined;
  }

  async next(): Promise<Bar | undefined> {
    for (;;) {
      const bar = this.ready();
      if (bar !== undefined) return bar;
      const read = await this.#source.next();
      if (read.done) return undefined;
      this.#records = read.value;
      this.#at = 0;
    }
  }

  #check(record: ImportRecord): Bar {
    const stamp = record.text.slice(0, record.text.indexOf(','));
    const time = readTimestamp(stamp);
    if (time === undefined || time <= this.#last) {
      throw new BadFileError(`${this.#file}, line ${record.line}`, {
        found: time === undefined ? JSON.stringify(stamp) : `${stamp}, which is not later`,
        expected: time === undefined ? 'a timestamp' : 'a bar later than the one before it',
        remedy: 'two files can be joined only where each is sorted by time; correct it and import again',
      });
    }
    this.#last = time;
    return { ...record, time };
  }
}

export function isHeader(text: string): boolean {
  return /^\s*"?timestamp"?,"?open/i.test(text);
}
