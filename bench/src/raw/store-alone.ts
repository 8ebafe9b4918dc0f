import { statSync } from 'node:fs';
import type { Envelope } from '@bitten/schema';
import { type LoggedEvent, openStore } from '@bitten/storage/store';
import Database from 'better-sqlite3';
import { now_ms } from '../measure/clock.js';
import { createTraffic, type Traffic } from '../measure/traffic.js';

/** Unix seconds of the first event, and events a second, where a store is made without a bus. */
const start_time = 1_757_894_400;
const rate_default_per_s = 1_000;
/** Of no log: the store wants to know whose events it holds. */
const logId = 'bench';

export interface ApplyOptions {
  file: string;
  events: number;
  page_events: number;
}

/** How fast the store takes events that are parsed already: the collector without bus, wire and parsing. */
export function applyAlone({ file, events, page_events }: ApplyOptions): { took_ms: number } {
  const store = openStore({ file });
  store.bind(logId);
  const pages = new Pages();
  let took_ms = 0;
  for (let from = 1; from <= events; from += page_events) {
    const next = Math.min(events + 1, from + page_events);
    const items = pages.make(from, next);
    const begun_ms = now_ms();
    store.applyEvents({ from, next, items });
    took_ms += now_ms() - begun_ms;
  }
  store.close();
  return { took_ms };
}

export interface StoreSizes {
  events: number;
  /** With its write-ahead log, as the writer leaves it, MB. */
  with_wal: number;
  /** When all is in the file itself, MB. */
  checkpointed: number;
}

/** Makes a store of so many events and says how large it was at `measure_at` of them. */
export function buildStore(options: ApplyOptions & { measure_at: number; rate_per_s?: number }): StoreSizes {
  const { file, events, page_events, measure_at, rate_per_s } = options;
  const store = openStore({ file });
  store.bind(logId);
  const pages = new Pages(rate_per_s);
  const fill = (from: number, end: number): void => {
    for (let first = from; first <= end; first += page_events) {
      const next = Math.min(end + 1, first + page_events);
      store.applyEvents({ from: first, next, items: pages.make(first, next) });
    }
  };
  fill(1, measure_at);
  const with_wal = megabytes(file) + megabytes(`${file}-wal`) + megabytes(`${file}-shm`);
  const other = new Database(file);
  other.pragma('wal_checkpoint(TRUNCATE)');
  other.close();
  const checkpointed = megabytes(file);
  fill(measure_at + 1, events);
  store.close();
  return { events: measure_at, with_wal, checkpointed };
}

export interface NewestOptions {
  file: string;
  /** Times each type is asked for. */
  rounds: number;
}

/** How long it takes to find the newest 50 of each type in turn, the first question of a connection included. */
export function newestOf({ file, rounds }: NewestOptions): { query_ms: Float64Array; sql_ms: Float64Array } {
  const store = openStore({ file, readonly: true });
  const types = store.summary().by_type.map(({ event_type }) => event_type);
  const ask = (query: (event_type: string) => number): Float64Array =>
    Float64Array.from({ length: rounds * types.length }, (_, index) => {
      const begun_ms = now_ms();
      const found = query(types[index % types.length]!);
      if (found !== 50) throw new Error(`found ${found} of 50 events`);
      return now_ms() - begun_ms;
    });
  const query_ms = ask((event_type) => store.queryEvents({ event_type, limit: 50 }).length);
  store.close();
  const db = new Database(file, { readonly: true });
  // As people who know the first system ask it, in its words.
  const sql = db.prepare('SELECT * FROM events WHERE event_type = ? ORDER BY timestamp DESC LIMIT 50');
  const sql_ms = ask((event_type) => sql.all(event_type).length);
  db.close();
  return { query_ms, sql_ms };
}

/** Pages of events as the collector has them before it applies them. */
class Pages {
  readonly #traffic: Traffic;
  readonly #rate_per_s: number;
  #count = 0;

  constructor(rate_per_s = rate_default_per_s) {
    this.#rate_per_s = rate_per_s;
    this.#traffic = createTraffic({ seed: 's', clock: () => this.#time });
  }

  get #time(): number {
    return Math.round((start_time + this.#count / this.#rate_per_s) * 1e6) / 1e6;
  }

  make(from: number, next: number): LoggedEvent[] {
    const items: LoggedEvent[] = [];
    for (let seq = from; seq < next; seq += 1) {
      this.#count += 1;
      const text = JSON.stringify(this.#traffic.next());
      items.push({ seq, appendedAt: this.#time + 0.0004, text, event: JSON.parse(text) as Envelope });
    }
    return items;
  }
}

function megabytes(file: string): number {
  return (statSync(file, { throwIfNoEntry: false })?.size ?? 0) / 1e6;
}
