import { defaultSourceOf } from '@bitten/schema';
import type { ImportFormat } from './format.js';
import { type ImportRecord, readLines } from './records.js';

const version = 1;
const fields = 4;
const stampPattern = /^(\d{4})(\d{2})(\d{2}) (\d{2})(\d{2})(\d{2})(\d{3})$/;

export interface QuoteOptions {
  symbol: string;
  source: string | undefined;
  /** How far the clock of the file is ahead of UTC. */
  offset_s: number;
}

/** Quotes, one a line: `YYYYMMDD HHMMSSmmm,bid,ask,volume`. */
export function ticksFormat(options: QuoteOptions): ImportFormat {
  const { symbol, offset_s } = options;
  const source = options.source ?? defaultSourceOf('market_data');
  return {
    name: 'ticks',
    identity: JSON.stringify(['ticks', version, symbol, source, offset_s]),
    read: ([file], reading) =>
      readLines(file!, { ...reading, isUnfinished: (text) => isCutShort(text, fields) }),
    map: ({ text }: ImportRecord) => {
      const [stamp, bid, ask, volume] = text.split(',');
      const timestamp = readStamp(stamp ?? '', offset_s);
      return [
        quoteText({
          timestamp,
          source,
          symbol,
          bid: readNumber(bid),
          ask: readNumber(ask),
          volume: readNumber(volume),
        }),
      ];
    },
  };
}

/** Fewer values than a line has, or nothing after the last comma. */
export function isCutShort(text: string, count: number): boolean {
  const values = text.split(',');
  return values.length < count || values.at(-1) === '';
}

/** One `market_data` as JSON text; what could not be read stands in it as it was found. */
export function quoteText(quote: {
  timestamp: unknown;
  source: string;
  symbol: string;
  bid: unknown;
  ask: unknown;
  volume?: unknown;
}): string {
  const { timestamp, source, symbol, bid, ask, volume } = quote;
  return JSON.stringify({
    event_type: 'market_data',
    timestamp,
    source,
    data: { symbol, bid, ask, volume, timestamp },
  });
}

/** Unix seconds; a text that is no such time comes back as it is. */
function readStamp(text: string, offset_s: number): number | string {
  const parts = stampPattern.exec(text.trim());
  if (parts === null) return text;
  const [year, month, day, hour, minute, second, ms] = parts.slice(1).map(Number);
  if (month! < 1 || month! > 12 || day! < 1 || day! > 31 || hour! > 23 || minute! > 59 || second! > 60)
    return text;
  return (Date.UTC(year!, month! - 1, day, hour, minute, second, ms) - offset_s * 1000) / 1000;
}

/** A number; a text that is none comes back as it is, and one that is empty or missing as nothing. */
export function readNumber(text: string | undefined): number | string | undefined {
  const trimmed = text?.trim() ?? '';
  if (trimmed === '') return undefined;
  const number = Number(trimmed);
  return Number.isFinite(number) ? number : trimmed;
}
