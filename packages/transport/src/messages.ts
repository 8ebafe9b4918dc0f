import type { Issue } from '@bitten/schema';

/** The version of docs/PROTOCOL.md that this package speaks. */
export const protocolVersion = 1;

export type LogName = 'events' | 'dead_letters';

/** A `seq`; an end of the log; or the first event appended at or after a time in Unix seconds. */
export type Position = number | 'start' | 'end' | { time: number };

/** An event passes when it is in every list given. */
export interface EventFilter {
  types?: readonly string[];
  /** `data.symbol`. */
  symbols?: readonly string[];
  /** `user_id`, or `data.user_id`. */
  users?: readonly string[];
  sources?: readonly string[];
}

/** What a program asks of the bus, as it comes out of the decoder: checked, and with every default filled in. */
export type Request = Marked &
  (
    | HelloRequest
    | PingRequest
    | PublishRequest
    | ProducerRequest
    | FetchRequest
    | ReplayRequest
    | LastValuesRequest
    | CursorOpenRequest
    | CursorCommitRequest
    | CursorListRequest
    | CursorResetRequest
    | CursorDeleteRequest
    | StatsRequest
  );

/** What any request may carry. */
interface Marked {
  /** The mark of the last reply this client has read (docs/PROTOCOL.md section 1.1). */
  mark?: number;
}

export type Op = Request['op'];

export interface HelloRequest {
  op: 'hello';
  id: number;
  /** How the client calls itself; empty where it does not say. */
  client: string;
}

export interface PingRequest {
  op: 'ping';
  id: number;
}

/** Docs/PROTOCOL.md section 3. */
export interface PublishRequest {
  op: 'publish';
  id: number;
  producer: string;
  /** Producer sequence of the first event of the body. */
  first: number;
  /** How many events the body holds, by the client's word: compare with what `splitEvents` finds. */
  count: number;
  /** Every event up to this producer sequence has been acknowledged to the client. */
  acked: number;
  body: Buffer;
}

export interface ProducerRequest {
  op: 'producer';
  id: number;
  producer: string;
}

/** Docs/PROTOCOL.md section 4. */
export interface FetchRequest {
  op: 'fetch';
  id: number;
  log: LogName;
  from: Position;
  filter: EventFilter | undefined;
  max_bytes: number;
  wait_ms: number;
  linger_ms: number;
}

/** Docs/PROTOCOL.md section 9. */
export interface ReplayRequest {
  op: 'replay';
  id: number;
  /** What the events are marked with: 1 to 100 bytes, as of a cursor. */
  name: string;
  from: Position;
  /** Up to, not including; undefined for the end of the log as it is when the bus begins. */
  to: number | undefined;
  filter: EventFilter | undefined;
  /** How many events are broadcast at most, heard or unheard. */
  max_events: number;
}

/** Docs/PROTOCOL.md section 10. */
export interface LastValuesRequest {
  op: 'last_values';
  id: number;
  /** Types that have a key. */
  types: readonly string[];
  filter: EventFilter | undefined;
  /** Only values behind this `seq`; 0 for all. */
  after: number;
  max_bytes: number;
}

export interface CursorOpenRequest {
  op: 'cursor_open';
  id: number;
  name: string;
  log: LogName;
  from: Position;
  /** Whether retention must not pass it. */
  hold: boolean;
}

export interface CursorCommitRequest {
  op: 'cursor_commit';
  id: number;
  name: string;
  next: number;
}

export interface CursorListRequest {
  op: 'cursor_list';
  id: number;
}

export interface CursorResetRequest {
  op: 'cursor_reset';
  id: number;
  name: string;
  to: Position;
}

export interface CursorDeleteRequest {
  op: 'cursor_delete';
  id: number;
  name: string;
}

export interface StatsRequest {
  op: 'stats';
  id: number;
}

/** What each operation answers when it succeeds. */
export interface Replies {
  hello: HelloReply;
  ping: Record<never, never>;
  publish: PublishReply;
  producer: { last: number };
  fetch: FetchReply;
  replay: ReplayReply;
  last_values: LastValuesReply;
  cursor_open: CursorPlace;
  cursor_commit: CursorPlace;
  cursor_list: { cursors: CursorInfo[] };
  cursor_reset: CursorPlace;
  cursor_delete: Record<never, never>;
  stats: { stats: BusStats };
}

export interface HelloReply {
  server: string;
  /** Names the log for its whole life: a position is meaningless in another log. */
  log_id: string;
  /** The oldest `seq` still readable. */
  first: number;
  /** The `seq` the next event will get. */
  next: number;
  limits: Record<string, number>;
}

/** `count` events from `producer_seq` on have the places from `seq` on; null where the bus no longer knows. */
export type PlacementRun = [producer_seq: number, seq: number | null, count: number];

/** How safe an acknowledged event is; `written` only where the bus was told not to fsync. */
export type ReceiptLevel = 'fsynced' | 'written';

export interface RejectedEvent {
  producer_seq: number;
  /** Its number in the dead-letter log; null where the bus no longer knows it. */
  dead_letter: number | null;
  issues: Issue[];
}

export interface PublishReply {
  level: ReceiptLevel;
  seqs: PlacementRun[];
  rejected: RejectedEvent[];
}

/** `count` events of the body with consecutive `seq`, appended at that Unix time. */
export type SeqRun = [seq: number, count: number, appended_at: number];

export interface FetchReply {
  from: number;
  /** Where to go on reading, also when the body is empty. */
  next: number;
  /** The `seq` the next event will get. */
  end: number;
  runs: SeqRun[];
  /** The events as NDJSON; empty where there are none. */
  body: Buffer;
}

/** What became of the events from the request's `from` up to `next`. */
export interface ReplayReply {
  /** Where to go on, also where nothing was sent. */
  next: number;
  /** The `seq` the next event will get. */
  end: number;
  /** Events that went to the live feed, under `replay.`. */
  sent: number;
  /** Events that passed the filter and that nobody subscribes to. */
  unheard: number;
}

/** The last value of each key, in the order of `seq`. */
export interface LastValuesReply {
  /** The values are those of this moment of the log: who reads on from here has neither a gap nor a repeat. */
  next: number;
  /** Whether there are more, behind the last of these. */
  more: boolean;
  runs: SeqRun[];
  /** The events as NDJSON; empty where there are none. */
  body: Buffer;
}

export interface CursorPlace {
  name: string;
  next: number;
}

export interface CursorInfo {
  name: string;
  log: LogName;
  next: number;
  hold: boolean;
  lag: number;
  /** Unix seconds; null where nothing was committed yet. */
  committed_at: number | null;
}

/** Docs/PROTOCOL.md section 6. */
export interface BusStats {
  uptime_s: number;
  started_at: number;
  events: {
    received: number;
    appended: number;
    duplicates: number;
    rejected: number;
    /** How many earlier values the appended ones stand for, by their publishers' word. */
    conflated?: number;
    by_type: Record<string, number>;
  };
  log: { first: number; next: number; bytes: number; segments: number; last_append_at: number | null };
  dead_letters: { first: number; next: number };
  commits: { count: number; fsync_p50_ms: number; fsync_p99_ms: number };
  clients: number;
  cursors: CursorInfo[];
  memory_rss_bytes: number;
  /** Keys whose last value is kept, what they take, and how many were forgotten for want of room. */
  last_values?: { keys: number; bytes: number; forgotten: number };
  /** Since when (Unix seconds) and why the logs cannot be written; null while they can. */
  unavailable?: { since: number; why: string } | null;
  /** Who comes in and who does not. */
  doors?: DoorStats;
}

export interface DoorStats {
  /** Whether everybody needs a key. */
  curve: boolean;
  connections: { pub: number; pull: number; bus: number };
  /** Handshakes that came to nothing, by their reason (docs/SECURITY.md). */
  refused: { unknown_key: number; too_many: number; protocol: number; unfinished: number };
  /**
   * What came to the bus port: requests served, requests answered with what is wrong with them, messages that
   * were no requests at all; and replies that found their client gone, or not reading.
   */
  requests: { served: number; refused: number; malformed: number; undelivered: number };
  /** Requests answered `slow_down`. */
  slowed: number;
  /** Bytes of replies that clients have not said to have read. */
  unread_bytes: number;
}

/** The `error` object of a failed reply: `code` is for programs, `message` for people. */
export interface WireError {
  code: string;
  message: string;
  found?: string;
  /** What would be right; with `out_of_sequence`, the producer sequence the bus waits for. */
  expected?: string | number;
  remedy?: string;
  /** With `unavailable`. */
  why?: string;
  /** With `gap`. */
  gap?: { from: number; to: number; why: string };
  /** With `slow_down`: when to come back. */
  retry_ms?: number;
  /** With `beyond_end`. */
  end?: number;
  /** With `corrupt`. */
  place?: { file: string; offset: number; seq: number };
}

/** A reply as the handler hands it over: what the operation answers, under the operation's name, or an error. */
export type SuccessReply<Name extends Op = Op> = { [Each in Name]: { op: Each } & Replies[Each] }[Name];

export interface FailureReply {
  op: 'error';
  error: WireError;
}

export type Reply = SuccessReply | FailureReply;
