import { isUtf8 } from 'node:buffer';
import { BittenError, type Issue, limits, redactSecrets, secretFound } from '@bitten/schema';
import type { Log } from '@bitten/storage/log';
import type { DeadLetter } from '@bitten/storage/store';
import { unwrap } from './unwrap.js';

/** An event that was refused, and what is known of where it came from. */
export interface Refused {
  payload: Buffer;
  issues: Issue[];
  door: DeadLetter['door'];
  producer: string | null;
  producerSeq: number | null;
  eventType: string | null;
  source: string | null;
  /** Unix seconds. */
  receivedAt: number;
}

/** Of so many dead letters of failed commits the places are remembered. */
const writtenMax = 100_000;
/** So many of the last ones are looked through for one that the log knows of, but not where it is. */
const tailLetters = 20_000;
/** A reply must fit a frame, and JSON may make six bytes out of one; base64 never makes more than four thirds. */
const lineBytesMax = 12 * 1024 * 1024;

/**
 * Writes the events that were refused.
 *
 * **Failure.** The dead-letter log is written before the event log. Where that then fails, the dead letters are
 * there already when their batch is sent again, and are recognised: by what is remembered here, and after a
 * restart by what is in the log. A dead letter may be written twice where 20,000 others have come between; it
 * is never missing.
 */
export class DeadLetters {
  readonly #log: Log;
  /** Those of the commit to come. */
  #staged: Array<{ key: string; place: number }> = [];
  /** Those that a failed commit has written all the same, by producer and number. */
  readonly #written = new Map<string, number>();
  /** Those among them that the commit to come reports. */
  #used: string[] = [];
  /** The places of the last ones there were when first asked for. */
  #tail: Map<string, number> | undefined;

  constructor(log: Log) {
    this.#log = log;
  }

  /** Stages a dead letter, unless it is there already, and returns its place. */
  add(refused: Refused): number {
    const { producer, producerSeq } = refused;
    if (producer === null || producerSeq === null) return this.#stage(refused);
    const key = keyOf(producer, producerSeq);
    const written = this.#written.get(key);
    if (written !== undefined) {
      this.#used.push(key);
      return written;
    }
    const known = this.placeOf(producer, producerSeq);
    if (known !== null) return known;
    const place = this.#stage(refused);
    this.#staged.push({ key, place });
    return place;
  }

  /** Where the dead letter of a producer's event is; null where there is none, or the log no longer knows. */
  placeOf(producer: string, producerSeq: number): number | null {
    const last = this.#log.lastProducerSeq(producer);
    if (last === undefined || producerSeq > last) return null;
    const [run] = this.#log.placements(producer, producerSeq, producerSeq);
    if (run !== undefined && run.seq !== null) return run.seq;
    return this.#readTail()?.get(keyOf(producer, producerSeq)) ?? null;
  }

  /** A log that cannot be read now is no reason to refuse a dead letter: it is written twice at worst. */
  #readTail(): Map<string, number> | undefined {
    try {
      this.#tail ??= readTail(this.#log);
    } catch (error) {
      if (!(error instanceof BittenError)) throw error;
    }
    return this.#tail;
  }

  /** Whether a place is in the log by now: after a failed commit, whether it had come so far. */
  isWritten(place: number): boolean {
    return place < this.#log.nextSeq;
  }

  commit(): void {
    for (const key of this.#used) this.#written.delete(key);
    this.#staged = [];
    this.#used = [];
  }

  rollback(): void {
    for (const { key, place } of this.#staged) {
      if (this.isWritten(place) && this.#written.size < writtenMax) this.#written.set(key, place);
    }
    this.#staged = [];
    this.#used = [];
  }

  #stage(refused: Refused): number {
    // Only a client that keeps numbers is believed to have rules of its own.
    const inner = refused.producer === null ? null : unwrap(refused.payload);
    return this.#log.stage({
      producer: refused.producer ?? '',
      producerSeq: refused.producerSeq ?? 0,
      count: 1,
      appendedAt: refused.receivedAt,
      body: encodeDeadLetter(inner === null ? refused : { ...refused, ...inner }),
    });
  }
}

function keyOf(producer: string, producerSeq: number): string {
  return `${producer} ${producerSeq}`;
}

function readTail(log: Log): Map<string, number> {
  const places = new Map<string, number>();
  for (let next = Math.max(log.firstSeq, log.nextSeq - tailLetters); next < log.nextSeq; ) {
    for (const { producer, producerSeq, seq, count } of log.read(next, limits.fetch_bytes_max)) {
      places.set(keyOf(producer, producerSeq), seq);
      next = seq + count;
    }
  }
  return places;
}

/**
 * The dead letter as one line of JSON, the form of docs/PROTOCOL.md section 4. What came in several frames may
 * be larger than anything that can be delivered, and is cut.
 */
export function encodeDeadLetter(refused: Refused): Buffer {
  const kept = withoutSecrets({ ...refused, payload: refused.payload.subarray(0, limits.batch_bytes_max) });
  if (isUtf8(kept.payload)) {
    const line = Buffer.from(JSON.stringify(letterOf(kept, 'utf8')));
    if (line.length <= lineBytesMax) return line;
  }
  return Buffer.from(JSON.stringify(letterOf(kept, 'base64')));
}

/** Whatever it was refused for, no secret comes to the disk: it is removed, and the issues say so. */
function withoutSecrets(refused: Refused): Refused {
  // As Latin-1 any bytes become a text and the same bytes again, and every name of a secret is ASCII.
  const encoding = isUtf8(refused.payload) ? 'utf8' : 'latin1';
  const text = refused.payload.toString(encoding);
  const redacted = redactSecrets(text, refused.payload);
  if (redacted === text) return refused;
  const payload = Buffer.from(redacted, encoding).subarray(0, limits.batch_bytes_max);
  if (refused.issues.some(({ code }) => code === 'secret')) return { ...refused, payload };
  // What a client found wrong may quote the value.
  const issues = refused.issues.map((issue) => ({ ...issue, found: 'not shown' }));
  return { ...refused, payload, issues: [{ path: '', ...secretFound }, ...issues] };
}

function letterOf(refused: Refused, encoding: DeadLetter['encoding']): DeadLetter {
  return {
    received_at: refused.receivedAt,
    door: refused.door,
    producer: refused.producer,
    producer_seq: refused.producerSeq,
    event_type: refused.eventType,
    source: refused.source,
    payload: refused.payload.toString(encoding),
    encoding,
    issues: refused.issues,
  };
}
