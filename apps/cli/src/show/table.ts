import Table from 'cli-table3';
import { cut, harmless, visibleLength } from './terminal.js';

export interface TableOptions {
  head: readonly string[];
  rows: ReadonlyArray<readonly unknown[]>;
  /** Columns of the terminal, or infinity. */
  width: number;
  /** Names of the columns whose numbers stand to the right. */
  right?: readonly string[];
}

/** Between two columns. */
const gap = '  ';
const column_min = 6;

/** A table as wide as its content needs, and no wider than the terminal: the widest columns give way. */
export function renderTable({ head, rows, width, right = [] }: TableOptions): string {
  const cells = rows.map((row) => row.map(showCell));
  const widths = fitWidths(
    head.map((name, at) => Math.max(name.length, ...cells.map((row) => visibleLength(row[at] ?? '')))),
    width,
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

/** Takes from the widest column until all fit. */
export function fitWidths(wanted: readonly number[], width: number): number[] {
  const widths = [...wanted];
  let excess = widths.reduce((sum, each) => sum + each, 0) + gap.length * (widths.length - 1) - width;
  while (excess > 0) {
    const widest = Math.max(...widths);
    if (widest <= column_min) break;
    const at = widths.indexOf(widest);
    const next = Math.max(column_min, ...widths.filter((each) => each < widest));
    const taken = Math.max(1, Math.min(excess, widest - next));
    widths[at] = widest - taken;
    excess -= taken;
  }
  return widths;
}

function showCell(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (Buffer.isBuffer(value)) return `${value.length} bytes`;
  return typeof value === 'object' ? harmless(JSON.stringify(value)) : harmless(String(value));
}
