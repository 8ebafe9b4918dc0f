import Table from 'cli-table3';
import { cut, harmless, visibleLength } from './terminal.js';

export interface TableOptions {
  head: readonly string[];
  rows: ReadonlyArray<readonly unknown[]>;
  /** Columns of the terminal, or infinity. */
  width: number;
  /** Names of the columns whose numbers stand to the right. */
  right?: readonly string[];
  /** Names of the columns that give way first: they say something also when they are cut. */
  flexible?: readonly string[];
}

/** Between two columns. */
const gap = '  ';
const column_min = 6;
const flexible_min = 16;

/** A table as wide as its content needs, and no wider than the terminal: the widest columns give way. */
export function renderTable({ head, rows, width, right = [], flexible = head }: TableOptions): string {
  const cells = rows.map((row) => row.map(showCell));
  const widths = fitWidths(
    head.map((name, at) => Math.max(name.length, ...cells.map((row) => visibleLength(row[at] ?? '')))),
    { width, isFlexible: head.map((name) => flexible.includes(name)) },
  );
  const table = new Table({
    head: head.map((name, at) => cut(name, widths[at]!)),
    chars: borderless,
    colAligns: head.map((name) => (right.includes(name) ? 'right' : 'left')),
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
  });
  for (const row of cells) table.push(row.map((cell, at) => cut(cell, widths[at]!)));
  return table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}

const borderless = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: gap,
};

/** Takes from the widest flexible column until all fit, and only where that is not enough from the others. */
export function fitWidths(
  wanted: readonly number[],
  { width, isFlexible }: { width: number; isFlexible: readonly boolean[] },
): number[] {
  const all = wanted.map((_, at) => at);
  const flexible = all.filter((at) => isFlexible[at]);
  const eased = shrink(wanted, { width, columns: flexible, min: flexible_min });
  return shrink(eased, { width, columns: all, min: column_min });
}

function shrink(
  wanted: readonly number[],
  { width, columns, min }: { width: number; columns: readonly number[]; min: number },
): number[] {
  const widths = wanted.map((each) => Math.min(each, width));
  let excess = widths.reduce((sum, each) => sum + each, 0) + gap.length * (widths.length - 1) - width;
  // One column of the screen at a time, so that equally wide ones give way evenly.
  for (; excess > 0; excess -= 1) {
    const widest = Math.max(0, ...columns.map((at) => widths[at]!));
    if (widest <= min) break;
    widths[columns.find((at) => widths[at] === widest)!]! -= 1;
  }
  return widths;
}

function showCell(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (Buffer.isBuffer(value)) return `${value.length} bytes`;
  return typeof value === 'object' ? harmless(JSON.stringify(value)) : harmless(String(value));
}
