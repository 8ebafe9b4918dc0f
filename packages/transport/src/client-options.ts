import type { ClientKey } from './keys/key-pair.js';
import type { EventFilter, LogName, Position } from './messages.js';

export interface BusClientOptions {
  host?: string;
  port?: number;
  /** Instead of host and port: `tcp://host:port`. */
  endpoint?: string;
  /** How the client calls itself in `hello`. */
  name?: string;
  /** Shown to a bus that wants keys; see `readClientKey`. */
  key?: ClientKey | undefined;
  /** How long a request may take where it does not say itself; default 5000. */
  requestTimeout_ms?: number;
}

export interface RequestOptions {
  /** Default: the client's `requestTimeout_ms`. */
  timeout_ms?: number;
  /** Gives the reply up: the promise rejects with the signal's reason, the bus goes on serving. */
  signal?: AbortSignal;
}

export interface PublishBatch {
  producer: string;
  /** Producer sequence of the first event. */
  first: number;
  count: number;
  /** Every event up to this producer sequence has been acknowledged. */
  acked: number;
  /** NDJSON (see `joinEvents`); sent without a copy, so it must not be changed afterwards. */
  body: Buffer;
}

export interface FetchOptions {
  /** Default `events`. */
  log?: LogName;
  from: Position;
  filter?: EventFilter;
  /** Default 1 MiB. */
  max_bytes?: number;
  /** Default 0. */
  wait_ms?: number;
  /** Default 0. */
  linger_ms?: number;
}

export interface LastValuesOptions {
  /** Types that have a key, at least one. */
  types: readonly string[];
  filter?: EventFilter | undefined;
  /** Only values behind this `seq`, where a reply said that there are more. Default: all. */
  after?: number;
  /** Default 1 MiB. */
  max_bytes?: number;
}

export interface ReplayOptions {
  /** What the events are marked with: 1 to 100 bytes, as of a cursor. */
  name: string;
  from: Position;
  /** Up to, not including; default the end of the log. */
  to?: number | undefined;
  filter?: EventFilter | undefined;
  /** Default and limit 1,000. */
  max_events?: number;
}

export interface CursorOptions {
  name: string;
  /** Default `events`. */
  log?: LogName;
  /** Where a new cursor begins; default `start`. */
  from?: Position;
  /** Keeps retention from passing it; default false. */
  hold?: boolean;
}
