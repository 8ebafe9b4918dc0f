import type { Database, Statement } from 'better-sqlite3';
import { hour_s } from '../rollups/buckets.js';
import { bucketsOf } from '../rollups/rollup-reader.js';
import type {
  AccountState,
  ComponentState,
  ComponentStatuses,
  EquityCurves,
  OpenTrade,
  Quote,
  State,
  TimeRange,
} from './state.js';

const accounts_max = 1_000;
export const openTrades_max = 500;
const quotes_max = 500;
const components_max = 500;
export const curves_max = 20;

/** The different values of an index's first column, one seek each, however many rows there are of each. */
function distinct(column: string, table: string, max: number): string {
  return `WITH RECURSIVE names(name) AS (
      SELECT (SELECT min(${column}) FROM ${table} WHERE ${column} IS NOT NULL)
      UNION ALL
      SELECT (SELECT min(${column}) FROM ${table} WHERE ${column} > names.name) FROM names
      WHERE names.name IS NOT NULL LIMIT ${max + 1}
    ) SELECT name FROM names WHERE name IS NOT NULL LIMIT ${max}`;
}

const held = 'executed_at IS NOT NULL AND executed_at <= :at AND (outcome_at IS NULL OR outcome_at > :at)';

/** Says how things stood. Each part is found by an index, whatever the instant and however much is stored. */
export class AsOfReader {
  readonly #db: Database;
  readonly #s: Record<
    | 'accounts'
    | 'accountAt'
    | 'accountLast'
    | 'trades'
    | 'tradeCount'
    | 'symbols'
    | 'quoteAt'
    | 'components'
    | 'componentAt'
    | 'statuses',
    Statement
  >;

  constructor(db: Database) {
    this.#db = db;
    this.#s = {
      accounts: db.prepare(distinct('account_number', 'balance_rows', accounts_max)).pluck(),
      accountAt: db.prepare(`SELECT account_number, user_id, balance, equity, margin, free_margin,
          timestamp AS at, event_id AS seq FROM balance_rows INDEXED BY balance_rows_account
        WHERE account_number = ? AND timestamp <= ? ORDER BY timestamp DESC, event_id DESC LIMIT 1`),
      accountLast: db
        .prepare('SELECT max(timestamp) FROM balance_rows WHERE account_number = ? AND timestamp <= ?')
        .pluck(),
      tradeCount: db
        .prepare(`SELECT COUNT(*) FROM fire_lives INDEXED BY fire_lives_held WHERE ${held}`)
        .pluck(),
      trades: db.prepare(`SELECT f.fire_id AS fire_id, s.signal_id AS signal_id, f.user_id AS user_id,
          f.symbol AS symbol, f.direction AS direction, f.ticket AS ticket, t.volume AS volume,
          t.open_price AS open_price, t.sl_price AS sl_price, t.tp_price AS tp_price,
          f.executed_at AS opened_at, f.executed_seq AS seq
        FROM (SELECT no FROM fire_lives INDEXED BY fire_lives_held WHERE ${held}
          ORDER BY executed_at DESC LIMIT ${openTrades_max}) held
        JOIN fire_lives f ON f.no = held.no
        LEFT JOIN signal_lives s ON s.no = f.signal_no
        LEFT JOIN trade_rows t ON t.event_id = f.executed_seq
        ORDER BY f.executed_at DESC, f.executed_seq DESC`),
      symbols: db.prepare(`SELECT symbol_id, name FROM symbols ORDER BY name LIMIT ${quotes_max * 4}`),
      quoteAt:
        db.prepare(`SELECT r.seq AS seq, r.timestamp AS at FROM event_rows r INDEXED BY event_rows_symbol
        WHERE r.type_id = (SELECT type_id FROM event_types WHERE name = 'market_data')
          AND r.symbol_id = ? AND r.timestamp <= ? ORDER BY r.timestamp DESC, r.seq DESC LIMIT 1`),
      components: db.prepare(distinct('component', 'health_rows', components_max)).pluck(),
      componentAt: db.prepare(`SELECT component, status, message, timestamp AS at, event_id AS seq
        FROM health_rows INDEXED BY health_rows_time
        WHERE component = ? AND timestamp <= ? ORDER BY timestamp DESC, event_id DESC LIMIT 1`),
      statuses: db.prepare(`SELECT status, sum(rows) AS count FROM component_hours
        WHERE component = ? AND hour >= ? AND hour <= ? GROUP BY status`),
    };
  }

  stateAt(at: number, dataOf: (seqs: readonly number[]) => Map<number, Record<string, unknown>>): State {
    return this.#db.transaction(
      (): State => ({
        at,
        accounts: this.#accountsAt(at),
        open_trades: this.#s.trades.all({ at }) as OpenTrade[],
        open_trades_total: this.#s.tradeCount.get({ at }) as number,
        quotes: this.#quotesAt(at, dataOf),
        components: this.#componentsAt(at),
      }),
    )();
  }

  equity({ from, to, points }: TimeRange & { points: number }): EquityCurves {
    return this.#db.transaction((): EquityCurves => {
      const step = points > 1 ? (to - from) / (points - 1) : 0;
      const at = Array.from({ length: points }, (_, i) => (i === points - 1 ? to : from + i * step));
      const numbers = this.#s.accounts.all() as string[];
      const drawn = numbers
        .map((number) => ({ number, last: this.#s.accountLast.get(number, to) as number | null }))
        .filter(({ last }) => last !== null)
        .sort((a, b) => b.last! - a.last! || (a.number < b.number ? -1 : 1));
      const accounts = drawn.slice(0, curves_max).map(({ number }) => this.#curve(number, at));
      return { at, accounts, more: Math.max(0, drawn.length - curves_max) };
    })();
  }

  componentStatuses({ from, to }: TimeRange): ComponentStatuses[] {
    return this.#db.transaction(() => {
      const names = this.#s.components.all() as string[];
      return names.flatMap((component): ComponentStatuses[] => {
        const last = this.#s.componentAt.get(component, to) as ComponentState | undefined;
        if (last === undefined || last.at < from) return [];
        const { first, last: end } = bucketsOf({ from, to }, hour_s);
        const counted = this.#s.statuses.all(component, first, end) as Array<{
          status: string;
          count: number;
        }>;
        const statuses = Object.fromEntries(counted.map(({ status, count }) => [status, count]));
        return [{ component, statuses, last_status: last.status, last_at: last.at }];
      });
    })();
  }

  #accountsAt(at: number): AccountState[] {
    const numbers = this.#s.accounts.all() as string[];
    return numbers.flatMap((number) => (this.#s.accountAt.get(number, at) as AccountState | undefined) ?? []);
  }

  #componentsAt(at: number): ComponentState[] {
    const names = this.#s.components.all() as string[];
    return names.flatMap((name) => (this.#s.componentAt.get(name, at) as ComponentState | undefined) ?? []);
  }

  #quotesAt(at: number, dataOf: (seqs: readonly number[]) => Map<number, Record<string, unknown>>): Quote[] {
    const symbols = this.#s.symbols.all() as Array<{ symbol_id: number; name: string }>;
    const found = symbols
      .flatMap(({ symbol_id, name }) => {
        const row = this.#s.quoteAt.get(symbol_id, at) as { seq: number; at: number } | undefined;
        return row === undefined ? [] : [{ symbol: name, ...row }];
      })
      .slice(0, quotes_max);
    const data = dataOf(found.map(({ seq }) => seq));
    return found.map((quote) => quoteOf(quote, data.get(quote.seq)));
  }

  #curve(account: string, at: readonly number[]): EquityCurves['accounts'][number] {
    const states = at.map((time) => this.#s.accountAt.get(account, time) as AccountState | undefined);
    return {
      account_number: account,
      user_id: states.at(-1)?.user_id ?? null,
      balance: states.map((state) => state?.balance ?? null),
      equity: states.map((state) => state?.equity ?? null),
    };
  }
}

/** A quote with its prices, as far as the event tells them. */
export function quoteOf(
  { symbol, at, seq }: Pick<Quote, 'symbol' | 'at' | 'seq'>,
  data: Record<string, unknown> | undefined,
): Quote {
  const price = (value: unknown) => (typeof value === 'number' ? value : null);
  return { symbol, bid: price(data?.bid), ask: price(data?.ask), at, seq };
}
