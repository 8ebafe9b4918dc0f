import type { Equity } from '../../../src/api/analytics.js';

/** One line of balances and one of equity over time. */
export interface Curve {
  balance: Array<number | null>;
  equity: Array<number | null>;
}

/**
 * All accounts together. Before its first balance an account counts with that one: that it is heard of for the first
 * time is no gain, and must not look like it. Before the first of all nothing is known. Sums are in cents.
 */
export function together({ at, accounts }: Equity): Curve {
  const sums = (lines: ReadonlyArray<ReadonlyArray<number | null>>) => {
    const firsts = lines.map((values) => values.find((value) => value !== null) ?? null);
    const begin = at.findIndex((_, i) => lines.some((values) => (values[i] ?? null) !== null));
    return at.map((_, i) => {
      if (begin === -1 || i < begin) return null;
      return sumOf(lines.map((values, account) => values[i] ?? firsts[account] ?? null));
    });
  };
  return {
    balance: sums(accounts.map(({ balance }) => balance)),
    equity: sums(accounts.map(({ equity }) => equity)),
  };
}

function sumOf(values: ReadonlyArray<number | null>): number | null {
  const known = values.filter((value) => value !== null);
  if (known.length === 0) return null;
  return known.reduce((sum, value) => sum + Math.round(value * 100), 0) / 100;
}

/** How a line went: where it began, where it stands, and how deep it fell below what it had reached. */
export interface CurveSummary {
  first: number;
  last: number;
  change: number;
  lowest: number;
  highest: number;
  /** The largest fall below an earlier high, as a positive amount; 0 where it never fell. */
  drawdown: number;
  /** Of the high it fell from. */
  drawdown_share: number;
}

/** Null where no value is known. */
export function summarise(values: ReadonlyArray<number | null>): CurveSummary | null {
  const known = values.filter((value) => value !== null);
  const [first, last] = [known[0], known.at(-1)];
  if (first === undefined || last === undefined) return null;
  let highest = first;
  let lowest = first;
  let drawdown = 0;
  let drawdown_share = 0;
  for (const value of known) {
    highest = Math.max(highest, value);
    lowest = Math.min(lowest, value);
    if (highest - value > drawdown) {
      drawdown = highest - value;
      drawdown_share = highest === 0 ? 0 : drawdown / highest;
    }
  }
  const change = inCents(last - first);
  return { first, last, change, lowest, highest, drawdown: inCents(drawdown), drawdown_share };
}

function inCents(value: number): number {
  return Math.round(value * 100) / 100;
}

/** Stands for all accounts together where one is chosen; no account's number is empty. */
export const everyAccount = '';

/** What is drawn: one account, or all of them together. */
export function curveOf(equity: Equity, account: string): Curve {
  return equity.accounts.find(({ account_number }) => account_number === account) ?? together(equity);
}

/** An account at the end of the time. */
export interface AccountRow {
  account_number: string;
  user_id: string | null;
  balance: number | null;
  equity: number | null;
  /** Of the balance, since the first that is known of the time. */
  change: number | null;
}

export function accountRows({ accounts }: Equity): AccountRow[] {
  return accounts.map(({ account_number, user_id, balance, equity }) => {
    const [balances, equities] = [summarise(balance), summarise(equity)];
    return {
      account_number,
      user_id,
      balance: balances?.last ?? null,
      equity: equities?.last ?? null,
      change: balances?.change ?? null,
    };
  });
}

/**
 * What the time did to the balance that is drawn. Of all accounts it is the sum of what it did to each: an account that
 * was opened meanwhile is no gain. Null where no balance is known.
 */
export function changeIn(equity: Equity, account: string): number | null {
  const rows = accountRows(equity);
  const chosen = rows.find(({ account_number }) => account_number === account);
  return chosen === undefined ? sumOf(rows.map(({ change }) => change)) : chosen.change;
}
