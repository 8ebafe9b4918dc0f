import type { CursorInfo } from '@bitten/transport';
import { formatDuration } from '../time.js';
import { amount } from './amount.js';
import { renderTable } from './table.js';

/** Where the cursors stand; `at` is now, in Unix seconds. */
export function cursorTable(
  cursors: readonly CursorInfo[],
  { at, width }: { at: number; width: number },
): string {
  const rows = cursors.map(({ name, log, next, lag, hold, committed_at }) => [
    name,
    log,
    amount(next),
    amount(lag),
    hold ? 'holds retention' : '',
    committed_at === null ? 'never' : `${formatDuration(Math.max(0, at - committed_at))} ago`,
  ]);
  const head = ['cursor', 'log', 'next', 'lag', '', 'committed'];
  return renderTable({ head, rows, width, right: ['next', 'lag'] });
}
