import type { DeadLetter, Envelope } from '@bitten/schema';
import type { ComponentStatuses, EquityCurves, State, TimeRange } from './as-of/state.js';
import type { HopName, Lifecycle, LifecycleQuery, LifecycleState, PatternStats } from './lives/lifecycle.js';
import type { SignalStats, SymbolStats, VolumeQuery, VolumeStats } from './rollups/rollups.js';
import type { EventPage, EventSearch } from './search/search.js';

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

export type { DeadLetter };

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

/** Which dead letters; one passes that is in every list given. */
export interface DeadLetterQuery {
  ids?: readonly number[];
  /** `open`, `retried`, `corrected`, `discarded`. */
  statuses?: readonly string[];
  event_types?: readonly string[];
  sources?: readonly string[];
  /** Unix seconds, inclusive: when the bus got it. */
  since?: number;
  /** Only places below this one: for the next page. */
  before?: number;
  /** Default 100. */
  limit?: number;
  /** Cuts payloads to so many characters: one may have 8 MiB, and a list shows none. Default: whole. */
  payload_length_max?: number;
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
  /** Fields of the envelope that have no column; absent where there is none. */
  extra?: Record<string, unknown>;
}

/** A row of `dead_letters`. */
export interface StoredDeadLetter extends DeadLetter {
  /** Its place in the dead-letter log. */
  id: number;
  /** `open`, or by the last `dead_letter_resolved` about it `retried`, `corrected` or `discarded`. */
  status: string;
}

/** What an event said of a dead letter. */
export interface DeadLetterResolution {
  /** The event's place in the log. */
  event_id: number;
  action: 'retried' | 'corrected' | 'discarded';
  /** The event that the dead letter became. */
  seq: number | null;
  reason: string | null;
  by: string | null;
  /** Unix seconds: when the bus got the event. */
  created_at: number;
}

export interface StoreStats {
  /** Since this store was opened; what was applied before and came again does not count. */
  events_received: number;
  events_stored: number;
  events_failed: number;
  /** Unix seconds: when this store was opened. */
  start_time: number;
  /** Unix seconds: when an event was stored last. */
  last_event_time: number | null;
  /** Seconds since this store was opened. */
  uptime: number;
}

/** What is stored of one event type. */
export interface TypeSummary {
  event_type: string;
  rows: number;
  /** Unix seconds, the events' own time. */
  first_timestamp: number;
  last_timestamp: number;
}

/** What is in the store, cheap to ask however large it is. */
export interface StoreSummary {
  log_id: string | null;
  rows: number;
  /** Most rows first. */
  by_type: TypeSummary[];
  /** Unix seconds, the events' own time; null for an empty store. */
  first_timestamp: number | null;
  last_timestamp: number | null;
  dead_letters: number;
  /** Of those, the ones nobody has dealt with. */
  dead_letters_open: number;
  /**
   * Of the database as it stands: what its file holds, or will once the write-ahead log is copied into it. 0 where
   * nothing is on disk.
   */
  bytes: number;
  /** Of the file of the write-ahead log: it is kept and written again, so it says nothing of the rows. */
  wal_bytes: number;
  /** The next position to apply, by log. */
  cursors: { events: number; dead_letters: number };
}

/** Positions `from` up to, not including, `to` of a log that were gone before they could be stored. */
export interface StoreGap {
  log: 'events' | 'dead_letters';
  from: number;
  to: number;
  why: string;
  /** Unix seconds. */
  noticed_at: number;
}

/**
 * Positions `from` up to, not including, `next` of a log, and what stands there, in order. A position without
 * an item is passed over: it is how a follower says that retention removed what stood there.
 */
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
  /**
   * Moves a log's cursor to `to`, past positions that retention removed before they were stored, and keeps a
   * note of it: a hole that somebody can see. A gap that ends before the cursor changes nothing.
   */
  skip(log: 'events' | 'dead_letters', gap: { to: number; why: string }): void;
  /** What `skip` has noted, oldest first. */
  gaps(): StoreGap[];
  /** Newest first by the events' own time, the later `seq` first where that is equal. */
  queryEvents(query: EventQuery): StoredEvent[];
  /** A page of the events that pass, newest first by their own time; never takes long, see `searched_to`. */
  searchEvents(search: EventSearch): EventPage;
  /** The event at a place; null where it is not stored. */
  event(seq: number): StoredEvent | null;
  /** Everything with this correlation, or about the signal or fire of this id: the oldest first, by their own time. */
  eventsAbout(id: string, limit?: number): StoredEvent[];
  /** Unix seconds of the first and the last event, by their own time; null where there is none. */
  history(): { from: number; to: number } | null;
  /** The place of the first event that says of itself it happened then or later; null where there is none. */
  seqFrom(time: number): number | null;
  /** How things stood at an instant, by the events' own time. */
  stateAt(at: number): State;
  /** Balances and equity at `points` equally spaced instants, of the accounts that changed last. */
  equity(query: TimeRange & { points: number }): EquityCurves;
  /** What components said in the hours that a time touches, by their own time; those that said nothing in it are left out. */
  componentStatuses(range: TimeRange): ComponentStatuses[];
  /** What the signals of the hours that a time touches have come to. */
  signalStats(range: TimeRange): SignalStats;
  /** What the fires of the days (UTC) that a time touches have come to, by symbol, most fires first. */
  symbolStats(range: TimeRange): SymbolStats[];
  /** Events by type over time, by their own. */
  volume(query: VolumeQuery): VolumeStats;
  /** Newest first, by their places. */
  deadLetters(query?: DeadLetterQuery): StoredDeadLetter[];
  /** All that was said of the dead letter at a place, in the order of the log; the last one is its status. */
  deadLetterResolutions(place: number): DeadLetterResolution[];
  /** How many dead letters there are of each status; a status that none has is not named. */
  deadLetterCounts(): Record<string, number>;
  /** What became of signals and fires, newest first. */
  lifecycle(query?: LifecycleQuery): Lifecycle[];
  /** The fires that took longest from one step to the next, among the newest 20,000; the slowest first. */
  slowestFires(hop: HopName, limit?: number): Lifecycle[];
  /** How many lives there are of each kind; 10,000 stands for that many and more. */
  lifecycleCounts(): Record<LifecycleState | 'all', number>;
  /** What became of them by pattern, most signals first. */
  patternStats(): PatternStats[];
  getStats(): StoreStats;
  summary(): StoreSummary;
  close(): void;
}
