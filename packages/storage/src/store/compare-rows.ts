import { crc32 } from 'node:zlib';
import { addFinding, type RangeSum, type StoreReport } from './inspection.js';
import { deadLetterColumns, differences, eventColumns, lineOf } from './row-lines.js';
import type { RowScan, ScannedTable } from './row-scan.js';

export interface RowsOfRange {
  table: ScannedTable;
  from: number;
  to: number;
  /** What the log says should be there: a line a row, by place. */
  expected: ReadonlyMap<number, string>;
}

export interface ComparedRange {
  sum: Pick<RangeSum, 'log_crc' | 'store_crc' | 'log_rows' | 'store_rows'>;
  /** What both say, or what the store says. */
  crc: number;
}

/** Special rows are asked for by `SELECT *`: their columns are those of their table. */
const columnsOf: Partial<Record<ScannedTable, readonly string[]>> = {
  event_rows: eventColumns,
  dead_letters: deadLetterColumns,
};

/**
 * Holds the rows of a range against what the log says: by count and checksum, and where these differ row by row, so
 * that what is changed, missing or too much is named by its place. `excused` says of a place that its row may be
 * missing.
 */
export function compareRows(
  scan: RowScan,
  { table, from, to, expected }: RowsOfRange,
  { report, excused }: { report: StoreReport; excused: (seq: number) => boolean },
): ComparedRange {
  const stored = new Map<number, string>();
  for (const values of scan.rows(table, from, to)) stored.set(values[0] as number, lineOf(values));
  const log_crc = checksumOf(expected);
  const store_crc = checksumOf(stored);
  report.compared += stored.size;
  if (log_crc !== store_crc || expected.size !== stored.size) {
    nameDifferences({ table, expected, stored, report, excused });
  }
  return {
    sum: {
      log_crc: hexadecimal(log_crc),
      store_crc: hexadecimal(store_crc),
      log_rows: expected.size,
      store_rows: stored.size,
    },
    crc: store_crc,
  };
}

interface Sides {
  table: ScannedTable;
  expected: ReadonlyMap<number, string>;
  stored: ReadonlyMap<number, string>;
  report: StoreReport;
  excused: (seq: number) => boolean;
}

function nameDifferences({ table, expected, stored, report, excused }: Sides): void {
  const places = [...new Set([...expected.keys(), ...stored.keys()])].sort((a, b) => a - b);
  for (const seq of places) {
    const [wanted, found] = [expected.get(seq), stored.get(seq)];
    const at = { table, from: seq, to: seq + 1 };
    if (wanted === found) continue;
    if (wanted === undefined) {
      addFinding(report, {
        kind: 'extra',
        ...at,
        found: 'a row',
        expected: 'none: the log has no such event',
      });
    } else if (found === undefined) {
      if (excused(seq)) continue;
      addFinding(report, {
        kind: 'missing',
        ...at,
        found: 'no row',
        expected: 'the row of an event of the log',
      });
    } else {
      const names = columnsOf[table] === undefined ? [] : differences(columnsOf[table], wanted, found);
      const what = names.length === 0 ? 'other values' : `another ${names.join(', ')}`;
      addFinding(report, { kind: 'changed', ...at, found: what, expected: 'what the log says' });
    }
  }
}

function checksumOf(lines: ReadonlyMap<number, string>): number {
  let crc = 0;
  let text = '';
  for (const line of lines.values()) {
    text += `${line}\n`;
    if (text.length < 1 << 20) continue;
    crc = crc32(text, crc);
    text = '';
  }
  return crc32(text, crc);
}

export function hexadecimal(crc: number): string {
  return crc.toString(16).padStart(8, '0');
}
