import type { Envelope, Issue } from '@bitten/schema';

/** An event with its place in the log, ready to be stored. */
export interface LoggedEvent {
  seq: number;
  /** When the bus appended it, Unix seconds: `created_at` of its row. */
  appendedAt: number;
  /** The publisher's JSON, unchanged. */
  text: string;
  /** The same, parsed. */
  event: Envelope;
}

/** An invalid event, as the bus wrote it into the dead-letter log (docs/PROTOCOL.md section 4). */
export interface DeadLetter {
  received_at: number;
  door: '5571' | '5572';
  producer: string | null;
  producer_seq: number | null;
  event_type: string | null;
  source: string | null;
  payload: string;
  encoding: 'utf8' | 'base64';
  issues: Issue[];
}

export interface EventQuery {
  event_type?: string;
  /** Unix seconds, inclusive, compared with the event's own timestamp. */
  start_time?: number;
  /** Unix seconds, inclusive. */
  end_time?: number;
  symbol?: string;
  user_id?: string;
  source?: string;
  correlation_id?: string;
  /** Default 100. */
  limit?: number;
}

/** A row of `events`, with `data` parsed. */
export interface StoredEvent {
  id: number;
  event_type: string;
  timestamp: number;
  source: string;
  correlation_id: string | null;
  user_id: string | null;
  session_id: string | null;
  data: Record<string, unknown>;
  created_at: number;
}

export interface StoreStats {
  /** Since this store was opened. */
  events_received: number;
  events_stored: number;
  events_failed: number;
  /** Unix seconds. */
  start_time: number;
  last_event_time: number | null;
  /** Seconds since this store was opened. */
  uptime: number;
}

/** Positions `from` up to, not including, `next` of a log, and what stands there. */
export interface Span<Item> {
  from: number;
  next: number;
  items: readonly Item[];
}

/**
 * The projection of the log that people ask.
 *
 * **Ordering.** Spans are applied in the order of the log. Every event between the first and the cursor is
 * stored exactly once: a span that begins before the cursor is applied from the cursor on, one that begins
 * after it would leave a hole and is refused with `StoreHoleError`.
 *
 * **Failure.** A span's rows and the cursor move in one transaction: after a crash both are there or neither
 * is, and the reader goes on from the cursor. What the database refuses for its content (it should not: the bus
 * has validated it) never stops the rest.
 */
export interface Store {
  /** The log this store is a projection of; null before the first `bind`. */
  readonly logId: string | null;
  /** Declares which log is followed. Throws `ForeignLogError` where the store holds another log's events. */
  bind(logId: string): void;
  /** The next position to apply, by log. */
  cursor(log: 'events' | 'dead_letters'): number;
  applyEvents(span: Span<LoggedEvent>): void;
  applyDeadLetters(span: Span<DeadLetter & { seq: number; appendedAt: number }>): void;
  /** Newest first. */
  queryEvents(query: EventQuery): StoredEvent[];
  deadLetters(query?: { limit?: number }): Array<DeadLetter & { id: number; status: string }>;
  getStats(): StoreStats;
  close(): void;
}
