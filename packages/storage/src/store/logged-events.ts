import type { Envelope } from '@bitten/schema';
import type { LogRecord } from '../log/types.js';
import type { DeadLetter, LoggedEvent } from './types.js';

/**
 * An event that is parsed when it is asked for: parsed all at once, the thousands of a page would outlive the
 * collector of young garbage, and be copied by it.
 */
export class PlacedEvent implements LoggedEvent {
  readonly text: string;
  readonly seq: number;
  readonly appendedAt: number;

  constructor(text: string, seq: number, appendedAt: number) {
    this.text = text;
    this.seq = seq;
    this.appendedAt = appendedAt;
  }

  get event(): Envelope {
    return JSON.parse(this.text) as Envelope;
  }
}

/** The events of records, each with its place and its text. */
export function eventsOfRecords(records: readonly LogRecord[]): LoggedEvent[] {
  return placed(records, (text, seq, appendedAt) => new PlacedEvent(text, seq, appendedAt));
}

/** The dead letters of records of their log. */
export function deadLettersOfRecords(
  records: readonly LogRecord[],
): Array<DeadLetter & { seq: number; appendedAt: number }> {
  return placed(records, (text, seq, appendedAt) => ({
    ...(JSON.parse(text) as DeadLetter),
    seq,
    appendedAt,
  }));
}

function placed<Item>(
  records: readonly LogRecord[],
  make: (text: string, seq: number, appendedAt: number) => Item,
): Item[] {
  const items: Item[] = [];
  for (const { seq, appendedAt, body } of records) {
    for (const [i, text] of body.toString('utf8').split('\n').entries()) {
      items.push(make(text, seq + i, appendedAt));
    }
  }
  return items;
}
