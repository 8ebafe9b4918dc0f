import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { deciderName } from '@bitten/dead-letters';
import { AlertBook, BookError, bookFile, NoSuchAlertError, NoSuchSilenceError } from '@bitten/notify';
import type { Acknowledge, AlertRow, AlertsPage, Now, Silence } from '../api/index.js';
import { badRequest, HttpError } from '../http/errors.js';
import { channelStatesOf, rowOf, ruleRowsOf } from './shown.js';

export interface AlertDeskOptions {
  dataDir: string;
  /** Unix seconds. */
  now?: () => number;
  /** Who acknowledges and silences where a page does not say; default the user this program runs as. */
  by?: string;
}

/** A silence that is to begin; without `from` now. */
export type SilenceStart = Omit<Silence, 'id' | 'from' | 'by'> & { from?: number; by?: string | null };

/** Longer than that nobody remembers why it is quiet. */
const silence_s_max = 366 * 86_400;

/**
 * What a page sees of the alerts and does with them: the book that the process of the alerts writes, read here, with
 * words of the page's own added to it.
 *
 * **Failure.** While the alerts have never run there is no book, and only a silence makes one.
 */
export class AlertDesk {
  readonly #dataDir: string;
  readonly #now: () => number;
  readonly #by: string | undefined;
  #book: AlertBook | undefined;

  constructor({ dataDir, now = () => Date.now() / 1000, by }: AlertDeskOptions) {
    this.#dataDir = dataDir;
    this.#now = now;
    this.#by = by;
  }

  /** Everything on a page; `before` is `next` of the page before. Throws `HttpError` 503 where the book is damaged. */
  page({ before, limit }: { before?: number | undefined; limit: number }): AlertsPage {
    const book = this.#open();
    if (book === null) return nothing;
    const status = book.status();
    const open = book.open();
    const history = book.history({ ...(before === undefined ? {} : { before }), limit: limit + 1 });
    const shown = history.slice(0, limit);
    return {
      running: status?.isRunning ?? false,
      rules: ruleRowsOf(status?.rules ?? [], open),
      rules_problem: status?.rules_problem ?? null,
      open: open.map(rowOf),
      history: shown.map(rowOf),
      next: history.length > limit ? String(shown.at(-1)!.no) : null,
      silences: book.silences.list(),
      channels: channelStatesOf(status?.channels ?? [], book.outbox.counts()),
    };
  }

  /** How many there are; null where the alerts have never run. */
  summary(): Now['alerts'] {
    const book = this.#open();
    const status = book?.status() ?? null;
    if (book === null || status === null) return null;
    const waiting = book.outbox.counts().reduce((sum, { waiting }) => sum + waiting, 0);
    return { ...book.openCounts(), waiting_deliveries: waiting, running: status.isRunning };
  }

  /** One alert, however old. Throws `HttpError` 404. */
  alert(id: string): AlertRow {
    const alert = this.#open()?.alert(id) ?? null;
    if (alert === null) throw noSuchAlert(id);
    return rowOf(alert);
  }

  /** Somebody has taken an alert up. Throws `HttpError` 404. */
  acknowledge({ id, by, note }: Acknowledge): AlertRow {
    const book = this.#open();
    if (book === null) throw noSuchAlert(id);
    try {
      book.acknowledge(id, { by: deciderName(by ?? this.#by), note: note ?? null });
    } catch (error) {
      throw error instanceof NoSuchAlertError ? noSuchAlert(id) : error;
    }
    return this.alert(id);
  }

  /** Keeps alerts from being delivered for a while. Throws `HttpError` 400. */
  silence({ rule, key, from, until, reason, by }: SilenceStart): Silence {
    const now = this.#now();
    const begin = from ?? now;
    if (until <= Math.max(begin, now)) {
      throw badRequest('until', {
        found: 'a time that is past, or before `from`',
        expected: 'a time after both',
      });
    }
    if (until - begin > silence_s_max) {
      throw badRequest('until', {
        found: `${Math.round((until - begin) / 86_400)} days`,
        expected: 'at most 366 days',
      });
    }
    const book = this.#open({ makes: true })!;
    return book.silence({ rule, key, from: begin, until, reason, by: deciderName(by ?? this.#by) });
  }

  /** Ends a silence now. Throws `HttpError` 404. */
  endSilence(id: number): void {
    const book = this.#open();
    if (book === null) throw noSuchSilence(id);
    try {
      book.silences.end(id);
    } catch (error) {
      throw error instanceof NoSuchSilenceError ? noSuchSilence(id) : error;
    }
  }

  close(): void {
    this.#book?.close();
    this.#book = undefined;
  }

  /** Null where there is none, unless it is to be made. */
  #open({ makes = false } = {}): AlertBook | null {
    const isThere = existsSync(join(this.#dataDir, bookFile));
    // Somebody may have moved it away: what is open then is a file without a name.
    if (!isThere) this.close();
    if (!isThere && !makes) return null;
    try {
      this.#book ??= new AlertBook({ dataDir: this.#dataDir, clock: this.#now });
      return this.#book;
    } catch (error) {
      if (!(error instanceof BookError)) throw error;
      const { code, message, found = 'another file', expected = 'a book of alerts', remedy = '' } = error;
      throw new HttpError(503, code, message, { found, expected, remedy });
    }
  }
}

const nothing: AlertsPage = {
  running: false,
  rules: [],
  rules_problem: null,
  open: [],
  history: [],
  next: null,
  silences: [],
  channels: [],
};

function noSuchAlert(id: string): HttpError {
  return new HttpError(404, 'no_such_alert', `there is no alert ${id.slice(0, 100)}`, {
    found: 'none of that id',
    expected: 'one that is kept: alerts are for 90 days',
    remedy: 'GET /api/alerts lists them',
  });
}

function noSuchSilence(id: number): HttpError {
  return new HttpError(404, 'no_such_silence', `there is no silence ${id} now`, {
    found: 'none of that number, or one that is over',
    expected: 'one that is in force or to come',
    remedy: 'GET /api/alerts lists them',
  });
}
