import { isUtf8 } from 'node:buffer';
import {
  BittenError,
  type Catalogue,
  type Decoded,
  decodeEvent,
  type Envelope,
  type Issue,
  limits,
} from '@bitten/schema';
import type { Log } from '@bitten/storage/log';
import { oneLine } from '@bitten/transport';
import type { Broadcast } from './broadcast.js';
import type { Counters } from './counters.js';
import type { DeadLetters, Refused } from './dead-letters.js';
import type { NoteHop } from './hops.js';
import type { Keyed, LastValues } from './last-values/last-values.js';
import { notUtf8 } from './lines.js';

interface AnonymousOptions {
  events: Log;
  deadLetters: DeadLetters;
  catalogue: Catalogue;
  broadcast: Broadcast;
  counters: Counters;
  lastValues: LastValues;
  noteHop?: NoteHop | undefined;
  /** Whether the logs can be written, as far as is known. */
  available: () => boolean;
  /** Makes a commit come soon. */
  schedule: () => void;
  /** Commits now. */
  flush: () => void;
  onLost: (error: EventsLostError) => void;
  /** Unix seconds. */
  now: () => number;
}

type Failed = Exclude<Decoded, { ok: true }>;

interface Accepted {
  text: string;
  type: string;
  /** Unix seconds, by the event itself; undefined for those of the bus, which have come no way. */
  timestamp: number | undefined;
  /** How many earlier values it stands for. */
  conflated: number;
  /** Null where its last value is not kept. */
  keyed: Keyed | null;
  bytes: number;
}

/** What is kept while the logs cannot be written. */
const heldBytesMax = 16 * 1024 * 1024;
/** Past this a commit does not wait for the rest of the burst. */
const burstBytesMax = 4 * 1024 * 1024;
/** What an event takes in memory beside its bytes, and what each issue does: a message may be empty. */
const overheadBytes = 512;
/** What is tried with a log that could not be written a moment ago. */
const probeEventsMax = 1_000;
const recordBytesMax = limits.batch_bytes_max;

/** Events of publishers that wait for no receipt, which could be neither written nor kept. */
export class EventsLostError extends BittenError {
  readonly events: number;

  constructor(events: number) {
    super('events_lost', `${events} events of the door without receipts are lost`, {
      found: `a log that cannot be written, and ${heldBytesMax} bytes of events waiting for it`,
      remedy: 'see that the log can be written; publish with receipts what must not be lost',
    });
    this.events = events;
  }
}

/**
 * Takes events of publishers that wait for nothing (5571), and those of the bus itself.
 *
 * **Ordering.** They are appended in the order they came, one record a commit, after the batches that joined
 * the same commit.
 *
 * **Failure.** Nobody keeps these events but the bus: while the log cannot be written they are held here, up to
 * 16 MiB, and tried again. What is beyond is counted and reported as lost.
 */
export class Anonymous {
  readonly #o: AnonymousOptions;
  #accepted: Accepted[] = [];
  #refused: Refused[] = [];
  #heldBytes = 0;
  /** How many of the accepted are staged for the commit to come. */
  #staged = 0;
  /** The places of the refused ones that are staged. */
  #places: number[] = [];
  #lost = 0;

  constructor(options: AnonymousOptions) {
    this.#o = options;
  }

  /** Whether something waits for a log that can be written. */
  get holds(): boolean {
    return this.#accepted.length > 0 || this.#refused.length > 0;
  }

  /** One message of 5571; what is valid is appended with the next commit. */
  accept(frames: readonly Buffer[]): void {
    this.#o.counters.received += 1;
    const payload = frames.length === 1 ? frames[0]! : Buffer.concat(frames);
    const problem = frameProblem(frames, payload);
    const text = payload.toString('utf8');
    const decoded = problem === null ? decodeEvent(text, this.#o.catalogue) : null;
    // The log separates events by line breaks.
    if (decoded?.ok) this.#keep(oneLine(text), decoded.event.event_type, decoded.event);
    else this.#refuse(this.#refusedOf(payload, decoded, problem));
    // Here alone: an event of the bus itself may come in the midst of a commit.
    if (this.#heldBytes >= burstBytesMax && this.#o.available()) this.#o.flush();
  }

  /** An event of the bus itself, already valid. */
  emit(text: string, type: string): void {
    this.#keep(text, type);
  }

  /** Stages what has come; the group commit calls this at the last moment. */
  stage(): void {
    if (!this.holds) return;
    const max = this.#o.available() ? Number.POSITIVE_INFINITY : probeEventsMax;
    const events = this.#accepted.slice(0, max);
    for (let start = 0; start < events.length; ) start += this.#stageRecord(events, start);
    this.#staged = events.length;
    this.#places = this.#refused.slice(0, max).map((refused) => this.#o.deadLetters.add(refused));
  }

  commit(): void {
    if (!this.holds) return;
    const { counters, schedule, onLost, noteHop, now } = this.#o;
    const staged = this.#accepted.slice(0, this.#staged);
    const published = staged.find(({ timestamp }) => timestamp !== undefined)?.timestamp;
    if (published !== undefined) noteHop?.('published_to_appended', now() - published);
    counters.countAppended(staged.map(({ type }) => type));
    for (const { conflated } of staged) counters.conflated += conflated;
    this.#accepted = this.#accepted.slice(this.#staged);
    this.#dropRefused(this.#places.length);
    this.#settle();
    if (this.holds) schedule();
    if (this.#lost > 0) onLost(new EventsLostError(this.#lost));
    this.#lost = 0;
  }

  rollback(): void {
    // The dead-letter log is written first, and in order: some of them may be in it.
    this.#dropRefused(this.#places.filter((place) => this.#o.deadLetters.isWritten(place)).length);
    this.#settle();
  }

  /** Reports what will never be written. */
  close(): void {
    const lost = this.#lost + this.#accepted.length + this.#refused.length;
    if (lost > 0) this.#o.onLost(new EventsLostError(lost));
  }

  #refusedOf(payload: Buffer, decoded: Failed | null, problem: Issue | null): Refused {
    return {
      payload,
      issues: decoded?.issues ?? [problem ?? notUtf8],
      door: '5571',
      producer: null,
      producerSeq: null,
      eventType: decoded?.event_type ?? null,
      source: decoded?.source ?? null,
      receivedAt: this.#o.now(),
    };
  }

  #keep(text: string, type: string, event?: Envelope): void {
    const bytes = Buffer.byteLength(text);
    if (!this.#hasRoom(bytes + overheadBytes)) return;
    this.#accepted.push({
      text,
      type,
      timestamp: event?.timestamp,
      conflated: event?.conflated ?? 0,
      keyed: event === undefined ? null : this.#o.lastValues.keyedBy(event),
      bytes,
    });
    this.#scheduleUnlessFailing();
  }

  #refuse(refused: Refused): void {
    if (!this.#hasRoom(refusedBytes(refused))) return;
    this.#refused.push(refused);
    this.#scheduleUnlessFailing();
  }

  #hasRoom(bytes: number): boolean {
    if (!this.#o.available() && this.#heldBytes + bytes > heldBytesMax) {
      this.#lost += 1;
      return false;
    }
    this.#heldBytes += bytes;
    return true;
  }

  /** A log that fails is tried again now and then, by the engine, and not for each event. */
  #scheduleUnlessFailing(): void {
    if (this.#o.available()) this.#o.schedule();
  }

  /** Returns how many events the record got: none may be larger than a reply can carry. */
  #stageRecord(events: readonly Accepted[], start: number): number {
    let end = start;
    let bytes = 0;
    let body = '';
    while (end < events.length && end - start < limits.batch_events_max) {
      const { text, bytes: more } = events[end]!;
      if (bytes > 0 && bytes + more > recordBytesMax) break;
      body += end === start ? text : `\n${text}`;
      bytes += more + 1;
      end += 1;
    }
    const count = end - start;
    const { now, broadcast, lastValues } = this.#o;
    const appendedAt = now();
    const seq = this.#o.events.stage({
      producer: '',
      producerSeq: 0,
      count,
      appendedAt,
      body: Buffer.from(body),
    });
    for (let i = 0; i < count; i += 1) {
      const { type, text, keyed } = events[start + i]!;
      broadcast.stage(seq + i, type, text);
      if (keyed !== null) lastValues.stage([keyed], { seq: seq + i, first: 0, appendedAt, texts: [text] });
    }
    return count;
  }

  #dropRefused(count: number): void {
    for (const { issues } of this.#refused.slice(0, count)) this.#o.counters.countRejected('5571', issues);
    this.#refused = this.#refused.slice(count);
  }

  #settle(): void {
    this.#staged = 0;
    this.#places = [];
    this.#heldBytes = this.#accepted.reduce((sum, { bytes }) => sum + bytes + overheadBytes, 0);
    for (const refused of this.#refused) this.#heldBytes += refusedBytes(refused);
  }
}

function refusedBytes({ payload, issues }: Refused): number {
  return payload.length + overheadBytes * (1 + issues.length);
}

function frameProblem(frames: readonly Buffer[], payload: Buffer): Issue | null {
  if (frames.length !== 1) {
    return { path: '', code: 'json', found: `${frames.length} frames`, expected: 'one frame of event JSON' };
  }
  return isUtf8(payload) ? null : notUtf8;
}
