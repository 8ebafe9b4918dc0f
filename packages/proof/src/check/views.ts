import type Database from 'better-sqlite3';
import type { Findings } from './verdict.js';

type Fields = Readonly<Record<string, unknown>>;

const prices = ['open_price', 'sl_price', 'tp_price'];

/** The views of special rows, each with the columns that say what `data` says under the same name. */
const columnsOf = {
  signal_events: [
    ...['signal_id', 'symbol', 'direction', 'confidence', 'pattern_type'],
    ...['entry_price', 'stop_pips', 'target_pips', 'expires_at'],
  ],
  trade_events: ['fire_id', 'ticket', 'symbol', 'direction', 'volume', ...prices, 'execution_time'],
  health_events: ['component', 'status', 'uptime', 'memory_usage', 'cpu_usage', 'message'],
} as const;

type View = keyof typeof columnsOf;

const viewOf: ReadonlyMap<unknown, View> = new Map([
  ['signal_generated', 'signal_events'],
  ['fire_command', 'trade_events'],
  ['trade_executed', 'trade_events'],
  ['system_health', 'health_events'],
]);

interface SpecialEvent {
  id: number;
  event_type: unknown;
  data: unknown;
  created_at: number;
}

/** The special views and the statistics, held against the events one after the other. */
export class Views {
  readonly #findings: Findings;
  readonly #db: Database.Database;
  readonly #readers = new Map<View, ViewReader>();
  readonly #counts = new Map<string, number>();

  constructor(findings: Findings, db: Database.Database) {
    this.#findings = findings;
    this.#db = db;
    for (const view of Object.keys(columnsOf) as View[]) {
      const rows = db.prepare(`SELECT * FROM ${view} ORDER BY id`).iterate() as IterableIterator<Fields>;
      this.#readers.set(view, new ViewReader(findings, view, rows));
    }
  }

  /** The next event, in the order of `seq`: it has its row in the view of its type, and none elsewhere. */
  compare(event: SpecialEvent): void {
    const type = String(event.event_type);
    this.#counts.set(type, (this.#counts.get(type) ?? 0) + 1);
    const view = viewOf.get(type);
    if (view !== undefined) this.#readers.get(view)?.compare(event);
  }

  /** After the last event. */
  finish(): void {
    for (const reader of this.#readers.values()) reader.passBefore(Number.POSITIVE_INFINITY);
    const sql = 'SELECT event_type, count FROM event_stats';
    const stats = this.#db.prepare(sql).all() as Array<{ event_type: string; count: number }>;
    const counted = new Map(stats.map(({ event_type, count }) => [event_type, count]));
    for (const type of new Set([...counted.keys(), ...this.#counts.keys()])) {
      const [told, there] = [counted.get(type) ?? 0, this.#counts.get(type) ?? 0];
      if (told === there) continue;
      this.#findings.wrong('misstored', `event_stats counts ${told} of ${type}; there are ${there}`);
    }
  }

  /** The database cannot be closed while one of its views is being read. */
  close(): void {
    for (const reader of this.#readers.values()) reader.close();
  }
}

class ViewReader {
  readonly #findings: Findings;
  readonly #view: View;
  readonly #rows: IterableIterator<Fields>;
  #current: Fields | undefined;

  constructor(findings: Findings, view: View, rows: IterableIterator<Fields>) {
    this.#findings = findings;
    this.#view = view;
    this.#rows = rows;
    this.#advance();
  }

  compare(event: SpecialEvent): void {
    this.passBefore(event.id);
    if (this.#current?.id !== event.id) {
      this.#findings.wrong('misstored', `${this.#view} has no row of event ${event.id}`);
      return;
    }
    const row = this.#current;
    const wrong: string[] = columnsOf[this.#view].filter((column) => row[column] !== inColumn(event, column));
    if (row.created_at !== event.created_at) wrong.push('created_at');
    if (wrong.length > 0) {
      this.#findings.wrong('misstored', `${this.#view} has another ${wrong.join(', ')} of event ${event.id}`);
    }
    this.#advance();
  }

  /** Rows that are left behind belong to no event of their view's types. */
  passBefore(id: number): void {
    while (this.#current !== undefined && Number(this.#current.id) < id) {
      const words = `${this.#view} has a row ${this.#current.id}, which is no event of its types`;
      this.#findings.wrong('misstored', words);
      this.#advance();
    }
  }

  close(): void {
    this.#rows.return?.();
  }

  #advance(): void {
    const { done, value } = this.#rows.next();
    this.#current = done === true ? undefined : (value as Fields);
  }
}

/** What a fire asks for stands where a trade says what it got; it has neither ticket nor time of execution yet. */
function inColumn({ event_type, data }: SpecialEvent, column: string): unknown {
  const fields = (data ?? {}) as Fields;
  if (event_type === 'fire_command') {
    if (column === 'ticket' || column === 'execution_time') return null;
    if (column === 'volume') return fields.lot_size ?? fields.volume ?? null;
  }
  return fields[column] ?? null;
}
