import type { Database, Statement } from 'better-sqlite3';
import type { AlertReader } from './alert-reader.js';
import type { Silences } from './silences.js';
import type { ChannelCounts, PendingGroup, RecordedAlert } from './types.js';

/** So many alerts go into one notification; what is more goes into the next. */
const group_max = 50;

interface HeadRow {
  no: number;
  group_key: string;
  due_at: number;
  first_at: number | null;
  last_at: number | null;
  attempts: number;
}

/** How an attempt ended. */
export type AttemptResult =
  | { is: 'delivered' }
  /** It will be tried again. */
  | { is: 'delayed'; due_at: number; error: string }
  | { is: 'given_up'; error: string };

/**
 * What waits to be told, channel by channel.
 *
 * **Ordering.** The oldest that waits is told first, with those of its group; nothing of a channel is told before it.
 *
 * **Failure.** That an attempt begins is written down before it is made, how it ended after it. A crash in between
 * leaves it waiting: it is told once more, under the same id.
 */
export class Outbox {
  readonly #db: Database;
  readonly #name: string;
  readonly #alerts: AlertReader;
  readonly #silences: Silences;
  readonly #clock: () => number;
  readonly #s: Record<
    'head' | 'group' | 'begin' | 'settle' | 'delay' | 'silence' | 'count' | 'error' | 'counts' | 'waiting',
    Statement
  >;

  constructor(
    db: Database,
    parts: { name: string; alerts: AlertReader; silences: Silences; clock: () => number },
  ) {
    this.#db = db;
    this.#name = parts.name;
    this.#alerts = parts.alerts;
    this.#silences = parts.silences;
    this.#clock = parts.clock;
    const these = 'WHERE no IN (SELECT value FROM json_each(?))';
    this.#s = {
      head: db.prepare(`SELECT no, group_key, due_at, first_at, last_at, attempts FROM deliveries
        WHERE channel = ? AND state = 'waiting' ORDER BY no LIMIT 1`),
      group: db.prepare(`SELECT no, alert_no FROM deliveries
        WHERE channel = :channel AND state = 'waiting' AND group_key = :group_key AND first_at IS :first_at
        ORDER BY no LIMIT ${group_max}`),
      begin: db.prepare(
        `UPDATE deliveries SET attempts = attempts + 1, last_at = ?, first_at = ifnull(first_at, ?) ${these}`,
      ),
      settle: db.prepare(`UPDATE deliveries SET state = ?, error = ?, last_at = ? ${these}`),
      delay: db.prepare(`UPDATE deliveries SET due_at = ?, error = ? ${these}`),
      silence: db.prepare("UPDATE deliveries SET state = 'silenced' WHERE no = ?"),
      count:
        db.prepare(`INSERT INTO channel_counts (channel, delivered, given_up) VALUES (:channel, :delivered, :given_up)
        ON CONFLICT (channel) DO UPDATE SET delivered = delivered + excluded.delivered, given_up = given_up + excluded.given_up`),
      error: db.prepare(`INSERT INTO channel_counts (channel, last_error) VALUES (?, ?)
        ON CONFLICT (channel) DO UPDATE SET last_error = excluded.last_error`),
      counts: db.prepare('SELECT channel, delivered, given_up, last_error FROM channel_counts'),
      waiting: db.prepare(
        "SELECT channel, COUNT(*) AS waiting FROM deliveries WHERE state = 'waiting' GROUP BY channel",
      ),
    };
  }

  /**
   * What a channel has to tell next, due or not; null for nothing. What a silence has been laid over since it was
   * recorded is passed over, and says so.
   */
  next(channel: string): PendingGroup | null {
    return this.#db
      .transaction((): PendingGroup | null => {
        for (;;) {
          const head = this.#s.head.get(channel) as HeadRow | undefined;
          if (head === undefined) return null;
          const group = this.#withoutSilenced(
            // What was tried together is tried together again, under the same id, whatever has joined meanwhile.
            this.#s.group.all({ channel, group_key: head.group_key, first_at: head.first_at }) as GroupRow[],
          );
          if (group.length === 0) continue;
          const alerts = this.#alerts.byNos(group.map(({ alert_no }) => alert_no));
          const deliveries = group.map(({ no }) => no);
          const { group_key, first_at, attempts } = head;
          const due_at = this.#dueOf(head, alerts[0]!);
          const id = `${this.#name}-${deliveries[0]}`;
          return { id, channel, group_key, due_at, first_at, attempts, deliveries, alerts };
        }
      })
      .immediate();
  }

  /** An attempt is about to be made. */
  begin({ deliveries }: PendingGroup): void {
    const now = this.#clock();
    this.#s.begin.run(now, now, JSON.stringify(deliveries));
  }

  /** How it ended. */
  end({ channel, deliveries }: PendingGroup, result: AttemptResult): void {
    const nos = JSON.stringify(deliveries);
    this.#db
      .transaction(() => {
        if (result.is === 'delayed') {
          this.#s.delay.run(result.due_at, result.error, nos);
          this.#s.error.run(channel, result.error);
          return;
        }
        const error = result.is === 'given_up' ? result.error : null;
        this.#s.settle.run(result.is, error, this.#clock(), nos);
        const n = deliveries.length;
        const isDelivered = result.is === 'delivered';
        this.#s.count.run({ channel, delivered: isDelivered ? n : 0, given_up: isDelivered ? 0 : n });
        this.#s.error.run(channel, error);
      })
      .immediate();
  }

  counts(): ChannelCounts[] {
    const counted = this.#s.counts.all() as Array<Omit<ChannelCounts, 'waiting'>>;
    const waiting = this.#s.waiting.all() as Array<Pick<ChannelCounts, 'channel' | 'waiting'>>;
    const names = [...new Set([...counted, ...waiting].map(({ channel }) => channel))].sort();
    const none = { delivered: 0, given_up: 0, last_error: null };
    return names.map((channel) => ({
      ...(counted.find((each) => each.channel === channel) ?? { channel, ...none }),
      waiting: waiting.find((each) => each.channel === channel)?.waiting ?? 0,
    }));
  }

  /** What was written down later than now was so before the clock was set back: nobody waits until it is there again. */
  #dueOf({ due_at, last_at }: HeadRow, { recorded_at }: RecordedAlert): number {
    const now = this.#clock();
    return now < (last_at ?? recorded_at) ? Math.min(due_at, now) : due_at;
  }

  #withoutSilenced(group: readonly GroupRow[]): GroupRow[] {
    const alerts = new Map(
      this.#alerts.byNos(group.map(({ alert_no }) => alert_no)).map((alert) => [alert.no, alert]),
    );
    return group.filter(({ no, alert_no }) => {
      const alert = alerts.get(alert_no);
      if (alert === undefined || this.#silences.covering(alert) === null) return true;
      this.#s.silence.run(no);
      return false;
    });
  }
}

interface GroupRow {
  no: number;
  alert_no: number;
}
