/** A row of a list of events. */
export interface EventRow {
  seq: number;
  event_type: string;
  /** The publisher's time, Unix seconds. */
  timestamp: number;
  /** When the bus appended it. */
  appended_at: number;
  source: string;
  correlation_id: string | null;
  user_id: string | null;
  session_id: string | null;
  data: Record<string, unknown>;
  /** In lists, where the data is larger than a list can bear (32 KiB): how large; `data` is then empty. */
  data_left_out_bytes?: number;
}

/**
 * The query of `GET /api/events`, of `GET /api/events/export` (`format=ndjson|csv`), and without `before`, `text`,
 * `from`, `to` and `correlation` of the stream's tail. Several values of one are separated by commas.
 */
export interface EventsQuery {
  types?: string;
  symbols?: string;
  users?: string;
  sources?: string;
  correlation?: string;
  /** Unix seconds, inclusive, the events' own time. */
  from?: string;
  to?: string;
  /** Free text that occurs in `data`, whatever the case. */
  text?: string;
  /** `next` of the page before. */
  before?: string;
  /** Default 100, at most 500. */
  limit?: string;
}

/** Newest first. */
export interface EventsPage {
  events: EventRow[];
  /** What to ask for the next page with; null at the end. */
  next: string | null;
  /**
   * Where free text is looked for, a page may end before it is full: so far back has been searched (Unix seconds).
   * Null where all has been.
   */
  searched_to: number | null;
}

/** `GET /api/events/:seq`. */
export interface EventWhole {
  event: EventRow;
  /** The publisher's bytes from the log; null where retention has removed them, and the store alone has it. */
  text: string | null;
  /** Everything with its correlation, or about its signal and fire, oldest first; at most 200. */
  chain: EventRow[];
  /** The same as `POST` by curl to nothing: how to look at it and publish it again from a shell. */
  commands: { bitten_show: string; bitten_publish: string; curl: string };
}

/** Event `events` of the stream. Its `id` is the last `seq` that was looked at: `after` of the next connection. */
export interface TailFrame {
  /** Oldest first. */
  events: EventRow[];
  /** How many passed the filter since the last frame that are not shown: more than a person could read. */
  passed_over: number;
  /** Events that retention removed before they could be read. */
  gap: { from: number; to: number } | null;
  /**
   * Events that were not even looked at, whether they pass the filter or not: the dashboard was too far behind. Absent
   * for none.
   */
  unread?: number;
}
