import { join } from 'node:path';
import { numberedEvents } from '../load/numbered.js';
import { type EventRow, readStore } from '../system/store.js';
import { matches, Ownership } from './places.js';
import { type Logged, readLog } from './read-log.js';
import type { Findings } from './verdict.js';

export interface StoreCheck {
  dataDir: string;
  seed: string;
  padding_max: number;
}

type Row = Pick<EventRow, 'id' | 'event_type' | 'data_json'>;

/**
 * Reads the whole store and the whole log side by side: `seq` without holes, each row what is logged at its
 * place, each numbered event byte for byte the one that was published. Returns what stands where.
 */
export function checkStore(findings: Findings, { dataDir, seed, padding_max }: StoreCheck): Ownership {
  const owners = new Ownership();
  const eventOf = numberedEvents(seed, padding_max);
  const log = new LogReader(findings, join(dataDir, 'log'));
  let next = 1;
  readStore(join(dataDir, 'bitten_events.db'), (db) => {
    const sql = 'SELECT id, event_type, data_json FROM events ORDER BY id';
    for (const row of db.prepare(sql).iterate() as IterableIterator<Row>) {
      if (row.id > next) {
        findings.wrong('holes', `the store goes from ${next - 1} to ${row.id}`, row.id - next);
      }
      next = row.id + 1;
      findings.counts.stored += 1;
      const logged = log.at(row.id);
      if (logged !== undefined && !matches(row, logged)) {
        findings.wrong('misstored', `row ${row.id} holds ${row.data_json}, the log ${logged.text}`);
      }
      const data = parse(row.data_json);
      owners.note(row.id, data);
      const { run, n } = (data ?? {}) as { run?: number; n?: number };
      if (run === undefined || n === undefined) continue;
      const event = eventOf(run, n);
      if (row.event_type !== event.event_type || row.data_json !== JSON.stringify(event.data)) {
        findings.wrong('falseReceipts', `seq ${row.id} is not what life ${run} published as event ${n}`);
      }
    }
  });
  const left = log.rest();
  if (left > 0) findings.wrong('misstored', `the log's last ${left} events are not in the store`, left);
  return owners;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The log, read in step with the store. One that cannot be read is a finding, not the end of the check. */
class LogReader {
  readonly #findings: Findings;
  readonly #events: Iterator<Logged>;
  #current: Logged | undefined;

  constructor(findings: Findings, dir: string) {
    this.#findings = findings;
    this.#events = readLog(dir);
    this.#advance();
  }

  /** Undefined for what retention has removed, and for what the log should hold and does not. */
  at(seq: number): Logged | undefined {
    while (this.#current !== undefined && this.#current.seq < seq) {
      this.#findings.wrong('misstored', `seq ${this.#current.seq} is in the log and not in the store`);
      this.#advance();
    }
    if (this.#current === undefined) {
      this.#findings.wrong('misstored', `seq ${seq} is in the store, and the log ends before it`);
      return undefined;
    }
    if (this.#current.seq > seq) return undefined;
    const found = this.#current;
    this.#advance();
    return found;
  }

  /** How many events follow; those that the bus says of itself, its end among them, do not count. */
  rest(): number {
    let count = 0;
    for (; this.#current !== undefined; this.#advance()) {
      const { source } = (parse(this.#current.text) ?? {}) as { source?: string };
      if (source !== 'event_bus') count += 1;
    }
    return count;
  }

  #advance(): void {
    try {
      const { done, value } = this.#events.next();
      this.#current = done === true ? undefined : value;
      if (this.#current !== undefined) this.#findings.counts.logged += 1;
    } catch (error) {
      this.#current = undefined;
      this.#findings.wrong('holes', `the log cannot be read: ${(error as Error).message}`);
    }
  }
}
