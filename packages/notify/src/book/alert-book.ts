import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { Alert } from '@bitten/alerts';
import { BittenError } from '@bitten/schema';
import type { Database, Statement } from 'better-sqlite3';
import { AlertReader } from './alert-reader.js';
import { bookFile, openBookDatabase } from './open-book.js';
import { Outbox } from './outbox.js';
import { Silences } from './silences.js';
import type { Checkpoint, RecordedAlert, Route, Silence, WatchStatus } from './types.js';

/** No alert has this id. */
export class NoSuchAlertError extends BittenError {
  constructor(id: string) {
    super('no_such_alert', `there is no alert ${id}`, {
      found: id,
      remedy: 'bitten alerts list prints the ids; alerts are kept for 90 days',
    });
  }
}

export interface AlertBookOptions {
  /** The data folder. */
  dataDir: string;
  /** Unix seconds; the system's clock by default. */
  clock?: () => number;
}

/** What is committed in one piece. */
export interface Commit {
  checkpoint: Checkpoint;
  alerts: readonly Alert[];
  /** Who is to be told of an alert. */
  routesOf: (alert: Alert) => readonly Route[];
}

/** So long alerts are kept that are not open any more. */
const kept_s = 90 * 86_400;
/** A process that has not said for so long that it runs does not. */
export const running_s = 15;

/**
 * What has been alerted, who was told, and who is to be told: on disk.
 *
 * **Ordering.** The place in the log, what the engine remembers, its alerts and their deliveries are committed in one
 * transaction. So a crash loses no alert, and an alert that is said again after it, having the same id, is the same one.
 *
 * **Failure.** What a method has returned from is on disk. Several programs may use the book at once.
 */
export class AlertBook {
  readonly outbox: Outbox;
  readonly silences: Silences;
  readonly #db: Database;
  readonly #clock: () => number;
  readonly #reader: AlertReader;
  readonly #s: Record<
    'fact' | 'setFact' | 'record' | 'deliver' | 'close' | 'leave' | 'acknowledge' | 'prune',
    Statement
  >;

  /** Opens the book of a data folder; makes it where it is missing. Throws `BookError`. */
  constructor({ dataDir, clock = systemClock }: AlertBookOptions) {
    const db = openBookDatabase(join(dataDir, bookFile));
    this.#db = db;
    this.#clock = clock;
    this.#reader = new AlertReader(db, clock);
    this.silences = new Silences(db, clock);
    this.outbox = new Outbox(db, { name: nameOf(db), alerts: this.#reader, silences: this.silences, clock });
    this.#s = {
      fact: db.prepare('SELECT value FROM facts WHERE name = ?').pluck(),
      setFact: db.prepare('INSERT OR REPLACE INTO facts VALUES (?, ?)'),
      record: db.prepare(`INSERT INTO alerts (id, rule, severity, state, key, message, at, since, value, seq,
          correlation_id, suppressed, is_open, silenced_by, recorded_at)
        VALUES (@id, @rule, @severity, @state, @key, @message, @at, @since, @value, @seq,
          @correlation_id, @suppressed, @is_open, @silenced_by, @recorded_at) ON CONFLICT (id) DO NOTHING`),
      deliver: db.prepare(`INSERT INTO deliveries (alert_no, channel, group_key, state, due_at)
        VALUES (?, ?, ?, ?, ?)`),
      close: db.prepare(
        "UPDATE alerts SET is_open = 0 WHERE rule = ? AND key = ? AND is_open = 1 AND state = 'firing' AND no <> ?",
      ),
      leave: db.prepare(`UPDATE alerts SET is_open = 0 WHERE is_open = 1 AND state = 'firing'
        AND rule NOT IN (SELECT value FROM json_each(?))`),
      acknowledge:
        db.prepare(`UPDATE alerts SET acknowledged_at = ?, acknowledged_by = ?, acknowledged_note = ?
        WHERE id = ?`),
      prune: db.prepare(`DELETE FROM alerts WHERE recorded_at < ? AND (is_open = 0 OR state = 'happened')
        AND NOT EXISTS (SELECT 1 FROM deliveries WHERE alert_no = alerts.no AND state = 'waiting')`),
    };
  }

  /** Where the engine stood when it was committed last; null before the first time. */
  checkpoint(): Checkpoint | null {
    return this.#fact<Checkpoint>('checkpoint');
  }

  /** Records what the engine has said. Returns how many of the alerts are new. */
  commit({ checkpoint, alerts, routesOf }: Commit): number {
    return this.#db
      .transaction(() => {
        let recorded = 0;
        for (const alert of alerts) if (this.#record(alert, routesOf(alert))) recorded += 1;
        this.#setFact('checkpoint', checkpoint);
        return recorded;
      })
      .immediate();
  }

  /** What still holds, and what happened within a day and nobody has acknowledged: the newest first. */
  open(): RecordedAlert[] {
    return this.#reader.open();
  }

  openCounts(): { open: number; critical: number } {
    return this.#reader.openCounts();
  }

  /** A page of all alerts, the newest first; `before` is the `no` of the last one of the page before. */
  history(page: { before?: number; limit: number }): RecordedAlert[] {
    return this.#reader.history(page);
  }

  alert(id: string): RecordedAlert | null {
    return this.#reader.byId(id);
  }

  /** Somebody has taken it up. Throws `NoSuchAlertError`. */
  acknowledge(id: string, { by, note }: { by: string | null; note: string | null }): void {
    if (this.#s.acknowledge.run(this.#clock(), by, note, id).changes === 0) throw new NoSuchAlertError(id);
  }

  silence({ from = this.#clock(), ...silence }: Omit<Silence, 'id' | 'from'> & { from?: number }): Silence {
    return this.silences.add({ from, ...silence });
  }

  /** The process that runs the rules is there, with these. What a rule that is gone held open nobody will see end. */
  tellStatus(status: Omit<WatchStatus, 'at' | 'pid'>): void {
    const told: WatchStatus = { ...status, at: this.#clock(), pid: process.pid };
    const names = JSON.stringify(status.rules.map(({ name }) => name));
    this.#db
      .transaction(() => {
        this.#setFact('status', told);
        this.#s.leave.run(names);
      })
      .immediate();
  }

  /** What that process said last; null where it has never run. */
  status(): (WatchStatus & { isRunning: boolean }) | null {
    const status = this.#fact<WatchStatus>('status');
    return status === null ? null : { ...status, isRunning: this.#clock() - status.at < running_s };
  }

  /** It has ended in good order. */
  tellStopped(): void {
    const status = this.#fact<WatchStatus>('status');
    if (status !== null) this.#setFact('status', { ...status, at: 0 });
  }

  /** Removes what nobody will ask for any more. */
  prune(): void {
    this.#s.prune.run(this.#clock() - kept_s);
  }

  close(): void {
    this.#db.close();
  }

  #record(alert: Alert, routes: readonly Route[]): boolean {
    const now = this.#clock();
    const silenced_by = this.silences.covering(alert);
    const is_open = alert.state === 'resolved' ? 0 : 1;
    const { changes, lastInsertRowid } = this.#s.record.run({
      ...alert,
      is_open,
      silenced_by,
      recorded_at: now,
    });
    if (changes === 0) return false;
    // One condition is open once: a spell that begins after a restart without memory takes the place of the old one.
    if (alert.state !== 'happened') this.#s.close.run(alert.rule, alert.key, lastInsertRowid);
    const state = silenced_by === null ? 'waiting' : 'silenced';
    for (const { channel, group_key, wait_s } of routes) {
      this.#s.deliver.run(lastInsertRowid, channel, group_key, state, now + wait_s);
    }
    return true;
  }

  #fact<Fact>(name: string): Fact | null {
    const value = this.#s.fact.get(name) as string | undefined;
    return value === undefined ? null : (JSON.parse(value) as Fact);
  }

  #setFact(name: string, value: unknown): void {
    this.#s.setFact.run(name, JSON.stringify(value));
  }
}

/** Tells this book's notifications from another's. */
function nameOf(db: Database): string {
  const made = JSON.stringify(randomBytes(6).toString('hex'));
  db.prepare("INSERT INTO facts VALUES ('name', ?) ON CONFLICT DO NOTHING").run(made);
  return JSON.parse(
    db.prepare("SELECT value FROM facts WHERE name = 'name'").pluck().get() as string,
  ) as string;
}

function systemClock(): number {
  return Date.now() / 1000;
}
