import { isUtf8 } from 'node:buffer';
import { type Catalogue, decodeEvent, type Issue, limits } from '@bitten/schema';
import type { Log, Placement } from '@bitten/storage/log';
import { NotUtf8Error, oneLine, splitBytes, splitEvents } from '@bitten/transport';
import type { Admission } from './admission.js';
import type { Broadcast } from './broadcast.js';
import type { Counters } from './counters.js';
import { encodeDeadLetter, type Refused } from './dead-letters.js';
import type { GroupCommit } from './group-commit.js';

export interface Batch {
  producer: string;
  first: number;
  count: number;
  acked: number;
  body: Buffer;
}

/** An event of a batch that went to the dead letters. */
export interface Rejection {
  producer_seq: number;
  dead_letter: number | null;
  issues: Issue[];
}

export type Outcome =
  | { kind: 'appended'; placements: Placement[]; rejected: Rejection[] }
  | { kind: 'out_of_sequence'; expected: number }
  | { kind: 'miscounted'; found: number }
  | { kind: 'unavailable'; cause: unknown };

interface IngestOptions {
  events: Log;
  deadLetters: Log;
  admission: Admission;
  catalogue: Catalogue;
  commit: GroupCommit;
  broadcast: Broadcast;
  counters: Counters;
  /** Unix seconds. */
  now: () => number;
}

const notUtf8: Issue = { path: '', code: 'json', found: 'bytes that are not UTF-8', expected: 'UTF-8 JSON' };

/**
 * Takes events in: validates each, stages the good ones for the log and the bad ones for the dead letters,
 * and reports after the group commit.
 *
 * **Ordering.** Valid events of a batch are staged in the producer's order; a batch with invalid ones in
 * between becomes several records, so that the producer's numbers within a record stay consecutive.
 *
 * **Failure.** Nothing is reported as appended before it is durable. When the commit fails, the whole batch is
 * reported `unavailable` and may be sent again.
 */
export class Ingest {
  readonly #o: IngestOptions;
  /** Events of the anonymous door, collected into one record a commit. */
  #anonymous: string[] = [];
  #anonymousTypes: string[] = [];

  constructor(options: IngestOptions) {
    this.#o = options;
  }

  /** A batch with receipts (5572). */
  publish(batch: Batch, done: (outcome: Outcome) => void): void {
    const { admission, commit, counters } = this.#o;
    const { texts, unreadable } = readLines(batch.body);
    if (texts.length !== batch.count) return done({ kind: 'miscounted', found: texts.length });
    const verdict = admission.admit(batch);
    if (verdict.kind === 'out_of_sequence') return done(verdict);
    counters.received += batch.count;

    const placements: Placement[] = [];
    const rejected: Rejection[] = [];
    const { duplicates } = verdict;
    if (duplicates < batch.count)
      this.#stage({ batch, texts, unreadable }, duplicates, { placements, rejected });
    commit.schedule((error) => {
      if (error !== null) return done({ kind: 'unavailable', cause: error });
      // Looked up only now: the first sending of a repeated batch may have waited for this same commit.
      if (duplicates > 0) this.#recall(batch, texts, duplicates, { placements, rejected });
      done({ kind: 'appended', placements, rejected });
    });
  }

  /** One message of the door without receipts (5571); what is valid is appended with the next commit. */
  accept(frames: readonly Buffer[]): void {
    const { catalogue, commit, counters } = this.#o;
    const payload = frames.length === 1 ? frames[0]! : Buffer.concat(frames);
    counters.received += 1;
    const problem = frameProblem(frames, payload);
    const text = payload.toString('utf8');
    const decoded = problem === null ? decodeEvent(text, catalogue) : null;
    if (decoded?.ok) {
      this.#appendAnonymous(text, decoded.event.event_type);
    } else {
      this.#refuse({
        payload,
        issues: decoded?.issues ?? [problem ?? notUtf8],
        door: '5571',
        producer: null,
        producerSeq: null,
        eventType: decoded?.event_type ?? null,
        source: decoded?.source ?? null,
        receivedAt: this.#o.now(),
      });
    }
    commit.schedule();
  }

  /** An event of the bus itself, already valid. */
  emit(text: string, type: string): void {
    this.#appendAnonymous(text, type);
    this.#o.commit.schedule();
  }

  /** Stages what the anonymous door has collected; the group commit calls this at the last moment. */
  stageAnonymous(): void {
    const texts = this.#anonymous;
    if (texts.length === 0) return;
    const types = this.#anonymousTypes;
    this.#anonymous = [];
    this.#anonymousTypes = [];
    for (let start = 0; start < texts.length; start += limits.batch_events_max) {
      const part = texts.slice(start, start + limits.batch_events_max);
      const seq = this.#o.events.stage({
        producer: '',
        producerSeq: 0,
        count: part.length,
        appendedAt: this.#o.now(),
        body: Buffer.from(part.join('\n')),
      });
      for (let i = 0; i < part.length; i += 1) this.#o.broadcast.stage(seq + i, types[start + i]!, part[i]!);
    }
  }

  #appendAnonymous(text: string, type: string): void {
    // The log separates events by line breaks.
    this.#anonymous.push(oneLine(text));
    this.#anonymousTypes.push(type);
    this.#o.counters.countAppended(type);
  }

  #stage(
    { batch, texts, unreadable }: Lines & { batch: Batch },
    start: number,
    into: { placements: Placement[]; rejected: Rejection[] },
  ): void {
    const { catalogue, counters } = this.#o;
    let runStart = start;
    const types: string[] = [];
    for (let i = start; i < batch.count; i += 1) {
      const raw = unreadable.get(i);
      const decoded = raw === undefined ? decodeEvent(texts[i]!, catalogue) : null;
      if (decoded?.ok) {
        types.push(decoded.event.event_type);
        counters.countAppended(decoded.event.event_type);
        continue;
      }
      this.#stageRun(batch, texts, { start: runStart, end: i, types }, into.placements);
      types.length = 0;
      runStart = i + 1;
      const issues = decoded?.issues ?? [notUtf8];
      const deadLetter = this.#refuse({
        payload: raw ?? Buffer.from(texts[i]!),
        issues,
        door: '5572',
        producer: batch.producer,
        producerSeq: batch.first + i,
        eventType: decoded?.event_type ?? null,
        source: decoded?.source ?? null,
        receivedAt: this.#o.now(),
      });
      into.rejected.push({ producer_seq: batch.first + i, dead_letter: deadLetter, issues });
    }
    this.#stageRun(batch, texts, { start: runStart, end: batch.count, types }, into.placements);
  }

  #stageRun(
    batch: Batch,
    texts: string[],
    run: { start: number; end: number; types: string[] },
    placements: Placement[],
  ): void {
    const count = run.end - run.start;
    if (count === 0) return;
    const producerSeq = batch.first + run.start;
    const whole = count === batch.count;
    const seq = this.#o.events.stage({
      producer: batch.producer,
      producerSeq,
      count,
      appendedAt: this.#o.now(),
      // The publisher's own bytes wherever the batch is whole, which is nearly always.
      body: whole ? batch.body : Buffer.from(texts.slice(run.start, run.end).join('\n')),
    });
    placements.push({ producerSeq, seq, count });
    for (let i = 0; i < count; i += 1) {
      this.#o.broadcast.stage(seq + i, run.types[i]!, texts[run.start + i]!);
    }
  }

  /** Reports where the events already appended are; the invalid ones among them are in the dead letters. */
  #recall(
    batch: Batch,
    texts: string[],
    duplicates: number,
    into: { placements: Placement[]; rejected: Rejection[] },
  ): void {
    const { events, deadLetters, catalogue, counters } = this.#o;
    counters.duplicates += duplicates;
    const end = batch.first + duplicates - 1;
    into.placements.unshift(...events.placements(batch.producer, batch.first, end));
    for (let i = 0; i < duplicates; i += 1) {
      const decoded = decodeEvent(texts[i]!, catalogue);
      if (decoded.ok) continue;
      const producerSeq = batch.first + i;
      const [place] = deadLetters.placements(batch.producer, producerSeq, producerSeq);
      into.rejected.push({
        producer_seq: producerSeq,
        dead_letter: place?.seq ?? null,
        issues: decoded.issues,
      });
    }
  }

  #refuse(refused: Refused): number {
    const { deadLetters, counters } = this.#o;
    counters.rejected += 1;
    const { producer, producerSeq } = refused;
    if (producer !== null && producerSeq !== null) {
      // A crash after the dead letter was written and before its batch was: it is there already.
      const written = deadLetters.lastProducerSeq(producer);
      if (written !== undefined && producerSeq <= written) {
        const [place] = deadLetters.placements(producer, producerSeq, producerSeq);
        if (place?.seq != null) return place.seq;
      }
    }
    return deadLetters.stage({
      producer: producer ?? '',
      producerSeq: producerSeq ?? 0,
      count: 1,
      appendedAt: refused.receivedAt,
      body: encodeDeadLetter(refused),
    });
  }
}

function frameProblem(frames: readonly Buffer[], payload: Buffer): Issue | null {
  if (frames.length !== 1) {
    return { path: '', code: 'json', found: `${frames.length} frames`, expected: 'one frame of event JSON' };
  }
  return isUtf8(payload) ? null : notUtf8;
}

interface Lines {
  texts: string[];
  /** The lines that are not UTF-8, by index, as bytes. */
  unreadable: ReadonlyMap<number, Buffer>;
}

const allReadable: ReadonlyMap<number, Buffer> = new Map();

/** A body's lines; where some are not UTF-8, only those are refused. */
function readLines(body: Buffer): Lines {
  try {
    return { texts: splitEvents(body), unreadable: allReadable };
  } catch (error) {
    if (!(error instanceof NotUtf8Error)) throw error;
  }
  const unreadable = new Map<number, Buffer>();
  const texts = splitBytes(body).map((line, i) => {
    if (!isUtf8(line)) unreadable.set(i, Buffer.from(line));
    return line.toString('utf8');
  });
  return { texts, unreadable };
}
