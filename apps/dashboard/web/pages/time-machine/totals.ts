import type { State, StateDiff } from '../../../src/api/state.js';

/** What the accounts have together; null where none tells it. */
export interface Totals {
  balance: number | null;
  equity: number | null;
  /** Equity less balance: what the open trades would bring. */
  floating: number | null;
  accounts: number;
}

/** Sums in cents, so that `0.1 + 0.2` is what an accountant makes of it. */
export function totalsOf(accounts: State['accounts']): Totals {
  const balance = sum(accounts.map((account) => account.balance));
  const equity = sum(accounts.map((account) => account.equity));
  const floating = sum(
    accounts.map((a) => (a.balance === null || a.equity === null ? null : cents(a.equity) / 100 - a.balance)),
  );
  return { balance, equity, floating, accounts: accounts.length };
}

function sum(values: ReadonlyArray<number | null>): number | null {
  const known = values.filter((value) => value !== null);
  if (known.length === 0) return null;
  return known.reduce((total, value) => total + cents(value), 0) / 100;
}

function cents(value: number): number {
  return Math.round(value * 100);
}

/** What has become of a number, with its sign; null where one of the two is not known. */
export function changeOf({ before, after }: { before: number | null; after: number | null }): number | null {
  if (before === null || after === null) return null;
  // Prices have at most five digits, balances two: nine are enough to take the binary crumbs off.
  return Number((after - before).toFixed(9));
}

/** Whether two instants differ in nothing the machine knows of. */
export function isSame({ accounts, opened, closed, quotes, components }: StateDiff): boolean {
  return [accounts, opened, closed, quotes, components].every((list) => list.length === 0);
}

/** The types of the events between two instants, the most frequent first, and how many there were in all. */
export function countsOf(events: StateDiff['events']): { total: number; types: Array<[string, number]> } {
  const types = Object.entries(events).sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
  return { total: types.reduce((total, [, count]) => total + count, 0), types };
}
