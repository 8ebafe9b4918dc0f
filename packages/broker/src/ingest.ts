import { type Catalogue, decodeEvent, type Envelope } from '@bitten/schema';
import type { Log, Placement } from '@bitten/storage/log';
import type { Admission } from './admission.js';
import type { Batch, Rejection } from './batch.js';
import type { Broadcast } from './broadcast.js';
import type { Counters } from './counters.js';
import type { DeadLetters } from './dead-letters.js';
import type { GroupCommit } from './group-commit.js';
import type { NoteHop } from './hops.js';
import type { Keyed, LastValues } from './last-values/last-values.js';
import { type Lines, notUtf8, readLines } from './lines.js';
import { recall } from './recall.js';

export type Outcome =
  | { kind: 'appended'; placements: Placement[]; rejected: Rejection[] }
  | { kind: 'out_of_sequence'; expected: number }
  | { kind: 'miscounted'; found: number }
  /** Nothing is told of the batch: this event of it was said to be acknowledged, and is in no log. */
  | { kind: 'disputed'; producerSeq: number }
  | { kind: 'unavailable'; cause: unknown };

interface IngestOptions {
  events: Log;
  deadLetters: DeadLetters;
  admission: Admission;
  catalogue: Catalogue;
  commit: Pick<GroupCommit, 'schedule' | 'abort'>;
  broadcast: Broadcast;
  counters: Counters;
  lastValues: LastValues;
  noteHop?: NoteHop | undefined;
  /** Unix seconds. */
  now: () => number;
}

/** What has become of the events of a batch, in their order. */
interface Report {
  placements: Placement[];
  rejected: Rejection[];
  /** Of the events staged. */
  types: string[];
  /** When the first of them says it happened, Unix seconds. */
  firstTimestamp: number | undefined;
  /** Those of the run in hand whose last value is kept, by their place in the batch. */
  keyed: Keyed[];
  /** How many earlier values they stand for. */
  conflated: number;
}

/**
 * Takes batches in: validates each event, stages the good ones for the log and the bad ones for the dead
 * letters, and reports after the group commit.
 *
 * **Ordering.** Valid events of a batch are staged in the producer's order; a batch with invalid ones in
 * between becomes several records, so that the producer's numbers within a record stay consecutive.
 *
 * **Failure.** Nothing is reported as appended before it is durable. When the commit fails, the whole batch is
 * reported `unavailable` and may be sent again.
 */
export class Ingest {
  readonly #o: IngestOptions;

  constructor(options: IngestOptions) {
    this.#o = options;
  }

  /** A batch with receipts (5572). */
  publish(batch: Batch, done: (outcome: Outcome) => void): void {
    const { admission, commit, counters } = this.#o;
    const receivedAt = performance.now();
    const lines = readLines(batch.body);
    if (lines.texts.length !== batch.count) return done({ kind: 'miscounted', found: lines.texts.length });
    const verdict = admission.admit(batch);
    if (verdict.kind === 'out_of_sequence') return done(verdict);
    counters.received += batch.count;
    const { duplicates } = verdict;
    const fresh = this.#stageAll(batch, lines, duplicates);
    commit.schedule((error) => {
      if (error !== null) return done({ kind: 'unavailable', cause: error });
      counters.countAppended(fresh.types);
      counters.conflated += fresh.conflated;
      for (const { issues } of fresh.rejected) counters.countRejected('5572', issues);
      counters.duplicates += duplicates;
      this.#noteHops(receivedAt, fresh.firstTimestamp);
      if (duplicates === 0) return done({ kind: 'appended', ...pick(fresh) });
      // Looked up only now: the first sending of a repeated batch may have waited for this same commit.
      const known = recall({ ...this.#o, batch, lines, duplicates });
      if (known.disputed !== null) return done({ kind: 'disputed', producerSeq: known.disputed });
      const placements = [...known.placements, ...fresh.placements];
      const rejected = [...known.rejected, ...fresh.rejected];
      done({ kind: 'appended', placements, rejected });
    });
  }

  #noteHops(receivedAt: number, firstTimestamp: number | undefined): void {
    const { noteHop, now } = this.#o;
    if (noteHop === undefined) return;
    noteHop('received_to_committed', (performance.now() - receivedAt) / 1e3);
    if (firstTimestamp !== undefined) noteHop('published_to_appended', now() - firstTimestamp);
  }

  /** A bug half-way through must not leave a part staged of what is admitted as a whole. */
  #stageAll(batch: Batch, lines: Lines, start: number): Report {
    try {
      return this.#stage(batch, lines, start);
    } catch (error) {
      this.#o.commit.abort(error);
      throw error;
    }
  }

  #stage(batch: Batch, lines: Lines, start: number): Report {
    const report: Report = {
      placements: [],
      rejected: [],
      types: [],
      firstTimestamp: undefined,
      keyed: [],
      conflated: 0,
    };
    let runStart = start;
    for (let i = start; i < batch.count; i += 1) {
      const found = this.#eventOrRejection(batch, lines, i);
      if ('event_type' in found) {
        report.types.push(found.event_type);
        report.firstTimestamp ??= found.timestamp;
        report.conflated += found.conflated ?? 0;
        const keyed = this.#o.lastValues.keyedBy(found, i);
        if (keyed !== null) report.keyed.push(keyed);
        continue;
      }
      report.rejected.push(found);
      this.#stageRun(batch, lines.texts, { start: runStart, end: i }, report);
      runStart = i + 1;
    }
    this.#stageRun(batch, lines.texts, { start: runStart, end: batch.count }, report);
    return report;
  }

  /** A valid event, or what became of one that is not. */
  #eventOrRejection(batch: Batch, { texts, unreadable }: Lines, i: number): Envelope | Rejection {
    const raw = unreadable.get(i);
    const decoded = raw === undefined ? decodeEvent(texts[i]!, this.#o.catalogue) : null;
    if (decoded?.ok) return decoded.event;
    const producerSeq = batch.first + i;
    const issues = decoded?.issues ?? [notUtf8];
    const place = this.#o.deadLetters.add({
      payload: raw ?? Buffer.from(texts[i]!),
      issues,
      door: '5572',
      producer: batch.producer,
      producerSeq,
      eventType: decoded?.event_type ?? null,
      source: decoded?.source ?? null,
      receivedAt: this.#o.now(),
    });
    return { producer_seq: producerSeq, dead_letter: place, issues };
  }

  /** Stages valid events between two invalid ones; the last `end - start` types of the report are theirs. */
  #stageRun(batch: Batch, texts: string[], run: { start: number; end: number }, into: Report): void {
    const count = run.end - run.start;
    if (count === 0) return;
    const producerSeq = batch.first + run.start;
    const whole = count === batch.count;
    const appendedAt = this.#o.now();
    const seq = this.#o.events.stage({
      producer: batch.producer,
      producerSeq,
      count,
      appendedAt,
      // The publisher's own bytes wherever the batch is whole, which is nearly always.
      body: whole ? batch.body : Buffer.from(texts.slice(run.start, run.end).join('\n')),
    });
    into.placements.push({ producerSeq, seq, count });
    if (into.keyed.length > 0) {
      this.#o.lastValues.stage(into.keyed, { seq, first: run.start, appendedAt, texts });
      into.keyed = [];
    }
    const typesAt = into.types.length - count;
    for (let i = 0; i < count; i += 1) {
      this.#o.broadcast.stage(seq + i, into.types[typesAt + i]!, texts[run.start + i]!);
    }
  }
}

function pick({ placements, rejected }: Report): Pick<Report, 'placements' | 'rejected'> {
  return { placements, rejected };
}
