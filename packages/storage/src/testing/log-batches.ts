import type { Log, LogRecord, NewRecord } from '../log/index.js';

export interface BatchOptions {
  /** Default 1. */
  count?: number;
  /** Default anonymous. */
  producer?: string;
  producerSeq?: number;
  /** Unix seconds; default 1000. */
  appendedAt?: number;
  /** About how long each event shall be; default 30 bytes. */
  eventBytes?: number;
  /** What the events say, so that they can be told apart; default `e`. */
  mark?: string;
}

/** A record of small events, for tests: `{"mark":"e.0"}`, `{"mark":"e.1"}`, …. */
export function batch(options: BatchOptions = {}): NewRecord {
  const {
    count = 1,
    producer = '',
    producerSeq = 0,
    appendedAt = 1000,
    eventBytes = 30,
    mark = 'e',
  } = options;
  const lines = Array.from({ length: count }, (_, i) => {
    const text = `{"mark":"${mark}.${i}"}`;
    return `${text.slice(0, -1)},"pad":"${'x'.repeat(Math.max(0, eventBytes - text.length - 9))}"}`;
  });
  return { count, producer, producerSeq, appendedAt, body: Buffer.from(lines.join('\n')) };
}

/** One event with its place, taken out of its record. */
export interface PlacedEvent {
  seq: number;
  text: string;
  appendedAt: number;
  producer: string;
  producerSeq: number;
}

export function eventsOf(records: readonly LogRecord[]): PlacedEvent[] {
  return records.flatMap(({ seq, appendedAt, producer, producerSeq, body }) =>
    body
      .toString()
      .split('\n')
      .map((text, i) => ({
        seq: seq + i,
        text,
        appendedAt,
        producer,
        producerSeq: producer === '' ? 0 : producerSeq + i,
      })),
  );
}

/** Reads from a place to the end, as a reader does that goes on where it stopped. */
export function readToEnd(log: Log, from: number = log.firstSeq, bytesMax = 1024 * 1024): PlacedEvent[] {
  const events: PlacedEvent[] = [];
  for (let next = from; next < log.nextSeq; ) {
    const read = eventsOf(log.read(next, bytesMax));
    events.push(...read);
    next = read.at(-1)!.seq + 1;
  }
  return events;
}
