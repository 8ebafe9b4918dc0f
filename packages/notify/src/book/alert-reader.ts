import type { Database, Statement } from 'better-sqlite3';
import type { Delivery, RecordedAlert } from './types.js';

/** How long something that happened stays open where nobody acknowledges it. */
const happenedOpen_s = 86_400;
const open_max = 500;

interface AlertRow {
  no: number;
  id: string;
  rule: string;
  severity: RecordedAlert['severity'];
  state: RecordedAlert['state'];
  key: string;
  message: string;
  at: number;
  since: number;
  value: number | null;
  seq: number | null;
  correlation_id: string | null;
  suppressed: number;
  is_open: number;
  silenced_by: number | null;
  acknowledged_at: number | null;
  acknowledged_by: string | null;
  acknowledged_note: string | null;
  recorded_at: number;
}

type DeliveryRow = Delivery & { alert_no: number };

/** Reads alerts with what became of them. */
export class AlertReader {
  readonly #clock: () => number;
  readonly #open: Statement;
  readonly #openCounts: Statement;
  readonly #page: Statement;
  readonly #byId: Statement;
  readonly #byNos: Statement;
  readonly #deliveries: Statement;

  constructor(db: Database, clock: () => number) {
    this.#clock = clock;
    const isOpen = `(is_open = 1 AND (state = 'firing' OR (acknowledged_at IS NULL AND recorded_at > ?)))`;
    this.#open = db.prepare(`SELECT * FROM alerts WHERE ${isOpen} ORDER BY no DESC LIMIT ${open_max}`);
    this.#openCounts = db.prepare(
      `SELECT COUNT(*) AS open, ifnull(sum(severity = 'critical'), 0) AS critical FROM alerts WHERE ${isOpen}`,
    );
    this.#page = db.prepare('SELECT * FROM alerts WHERE no < ? ORDER BY no DESC LIMIT ?');
    this.#byId = db.prepare('SELECT * FROM alerts WHERE id = ?');
    this.#byNos = db.prepare('SELECT * FROM alerts WHERE no IN (SELECT value FROM json_each(?)) ORDER BY no');
    this.#deliveries =
      db.prepare(`SELECT alert_no, channel, state, attempts, last_at AS at, error FROM deliveries
      WHERE alert_no IN (SELECT value FROM json_each(?)) ORDER BY no`);
  }

  /** What still holds, and what happened within a day and nobody has acknowledged: the newest first. */
  open(): RecordedAlert[] {
    return this.#whole(this.#open.all(this.#happenedSince()) as AlertRow[]);
  }

  openCounts(): { open: number; critical: number } {
    return this.#openCounts.get(this.#happenedSince()) as { open: number; critical: number };
  }

  /** All, the newest first, those recorded before `before`. */
  history({ before = Number.MAX_SAFE_INTEGER, limit }: { before?: number; limit: number }): RecordedAlert[] {
    return this.#whole(this.#page.all(before, limit) as AlertRow[]);
  }

  byId(id: string): RecordedAlert | null {
    return this.#whole(this.#byId.all(id) as AlertRow[])[0] ?? null;
  }

  byNos(nos: readonly number[]): RecordedAlert[] {
    return this.#whole(this.#byNos.all(JSON.stringify(nos)) as AlertRow[]);
  }

  #happenedSince(): number {
    return this.#clock() - happenedOpen_s;
  }

  #whole(rows: readonly AlertRow[]): RecordedAlert[] {
    const nos = JSON.stringify(rows.map(({ no }) => no));
    const deliveries = new Map<number, Delivery[]>();
    for (const { alert_no, ...delivery } of this.#deliveries.all(nos) as DeliveryRow[]) {
      const known = deliveries.get(alert_no);
      if (known === undefined) deliveries.set(alert_no, [delivery]);
      else known.push(delivery);
    }
    const since = this.#happenedSince();
    return rows.map((row) => recorded(row, deliveries.get(row.no) ?? [], since));
  }
}

function recorded(row: AlertRow, deliveries: Delivery[], since: number): RecordedAlert {
  const { is_open, acknowledged_at, acknowledged_by, acknowledged_note, ...alert } = row;
  const isWaiting = acknowledged_at === null && row.recorded_at > since;
  return {
    ...alert,
    is_open: is_open === 1 && (row.state === 'firing' || isWaiting),
    acknowledged:
      acknowledged_at === null ? null : { at: acknowledged_at, by: acknowledged_by, note: acknowledged_note },
    deliveries,
  };
}
