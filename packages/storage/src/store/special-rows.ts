import { number, text } from './columns.js';

type Data = Record<string, unknown>;

/** Where and when the event of a special row stands. */
interface RowPlace {
  seq: number;
  /** When the bus appended it, Unix seconds. */
  createdAt: number;
  /** The event's own time. */
  timestamp: number;
}

/** Writes the row of one event into the table of its type. */
export type SpecialWriter = (place: RowPlace, data: Data) => void;

/** The tables of special rows, each keyed by the event's `seq`. */
export const specialTables = [
  'signal_rows',
  'trade_rows',
  'health_rows',
  'balance_rows',
  'dead_letter_resolutions',
] as const;
export type SpecialTable = (typeof specialTables)[number];

/** The event that says what became of a dead letter. */
export const resolvedType = 'dead_letter_resolved';

/** Takes the values of one row, in the order of the table's columns. */
type Run = { run: (...values: unknown[]) => unknown };

const insertSignal = `INSERT INTO signal_rows
  (event_id, signal_id, symbol, direction, confidence, pattern_type, entry_price, stop_pips, target_pips,
   expires_at, created_at)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;
const insertTrade = `INSERT INTO trade_rows
  (event_id, fire_id, ticket, symbol, direction, volume, open_price, sl_price, tp_price, execution_time,
   created_at)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;
const insertHealth = `INSERT INTO health_rows
  (event_id, component, status, uptime, memory_usage, cpu_usage, message, created_at, timestamp)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`;
const insertBalance = `INSERT INTO balance_rows
  (event_id, account_number, user_id, balance, equity, margin, free_margin, timestamp)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?)`;

const insertResolution = `INSERT INTO dead_letter_resolutions
  (event_id, dead_letter, action, seq, reason, "by", created_at) VALUES (?, ?, ?, ?, ?, ?, ?)`;

/** What a dead letter's status may become. */
const actions = ['retried', 'corrected', 'discarded'] as const;
type Action = (typeof actions)[number];

/** What became of which dead letter; null where the event names no dead letter, or nothing that becomes of one. */
export function resolutionOf({ dead_letter, action }: Data): { dead_letter: number; action: Action } | null {
  if (typeof dead_letter !== 'number' || !Number.isSafeInteger(dead_letter)) return null;
  const known = actions.find((each) => each === action);
  return known === undefined ? null : { dead_letter, action: known };
}

/**
 * The writers of the special tables by event type. The bus has validated the events; what still does not fit
 * its column is left NULL there and stays readable in `data_json`.
 */
export function specialWriters(
  prepare: (sql: string, table: SpecialTable) => Run,
): Map<string, SpecialWriter> {
  // Prepared when the first row comes: while an old file is brought up to date, not all tables are there.
  const lazily = (sql: string, table: SpecialTable): Run => {
    let prepared: Run | undefined;
    return {
      run: (...values) => {
        prepared ??= prepare(sql, table);
        return prepared.run(...values);
      },
    };
  };
  const signal = lazily(insertSignal, 'signal_rows');
  const trade = lazily(insertTrade, 'trade_rows');
  const health = lazily(insertHealth, 'health_rows');
  const balance = lazily(insertBalance, 'balance_rows');
  const resolution = lazily(insertResolution, 'dead_letter_resolutions');
  return new Map<string, SpecialWriter>([
    [
      'signal_generated',
      ({ seq, createdAt }, data) => {
        signal.run(
          seq,
          text(data.signal_id),
          text(data.symbol),
          text(data.direction),
          number(data.confidence),
          text(data.pattern_type),
          number(data.entry_price),
          number(data.stop_pips),
          number(data.target_pips),
          number(data.expires_at),
          createdAt,
        );
      },
    ],
    [
      'fire_command',
      ({ seq, createdAt }, data) => {
        trade.run(
          seq,
          text(data.fire_id),
          null,
          text(data.symbol),
          text(data.direction),
          number(data.lot_size ?? data.volume),
          number(data.open_price),
          number(data.sl_price),
          number(data.tp_price),
          null,
          createdAt,
        );
      },
    ],
    [
      'trade_executed',
      ({ seq, createdAt }, data) => {
        trade.run(
          seq,
          text(data.fire_id),
          number(data.ticket),
          text(data.symbol),
          text(data.direction),
          number(data.volume),
          number(data.open_price),
          number(data.sl_price),
          number(data.tp_price),
          number(data.execution_time),
          createdAt,
        );
      },
    ],
    [
      'system_health',
      ({ seq, createdAt, timestamp }, data) => {
        health.run(
          seq,
          text(data.component),
          text(data.status),
          number(data.uptime),
          number(data.memory_usage),
          number(data.cpu_usage),
          text(data.message),
          createdAt,
          timestamp,
        );
      },
    ],
    [
      'balance_update',
      ({ seq, timestamp }, data) => {
        balance.run(
          seq,
          text(data.account_number),
          text(data.user_id),
          number(data.balance),
          number(data.equity),
          number(data.margin),
          number(data.free_margin),
          timestamp,
        );
      },
    ],
    [
      resolvedType,
      ({ seq, createdAt }, data) => {
        const resolved = resolutionOf(data);
        if (resolved === null) return;
        const { dead_letter, action } = resolved;
        resolution.run(
          seq,
          dead_letter,
          action,
          number(data.seq),
          text(data.reason),
          text(data.by),
          createdAt,
        );
      },
    ],
  ]);
}
