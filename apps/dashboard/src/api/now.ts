/** How everything is: `GET /api/now`, and the event `now` of the stream once a second. Times are Unix seconds. */
export interface Now {
  at: number;
  bus: BusNow | { up: false; why: string };
  store: StoreNow | { up: false; why: string };
  /** Events appended a second, by type, over the last second; empty where the bus does not answer. */
  rates: Record<string, number>;
  /**
   * From the publisher's own timestamp to the row in the store, in the last minute. It is measured on one event a
   * second, so `p99_ms` is all but the worst of at most 60: what befalls one event in a thousand it rarely shows.
   * Events that call themselves older than an hour (an import) are not measured. Null where nothing was stored.
   */
  latency: { p50_ms: number; p99_ms: number; events: number } | null;
  cursors: CursorNow[];
  dead_letters: { open: number; total: number };
  components: ComponentNow[];
  /** Null where the alerts have never run on this data folder. */
  alerts: { open: number; critical: number; waiting_deliveries: number; running: boolean } | null;
}

export interface BusNow {
  up: true;
  uptime_s: number;
  first: number;
  next: number;
  log_bytes: number;
  clients: number;
  fsync_p50_ms: number;
  fsync_p99_ms: number;
  memory_rss_bytes: number;
  /** Why it cannot write; null while it can. */
  unavailable: string | null;
}

export interface StoreNow {
  up: true;
  rows: number;
  bytes: number;
  next: number;
  /** Against the bus; null where that does not answer. */
  lag_events: number | null;
}

export interface CursorNow {
  name: string;
  log: string;
  next: number;
  lag: number;
  hold: boolean;
  committed_at: number | null;
}

export interface ComponentNow {
  component: string;
  /** What it said last: `running`, `degraded`, … */
  status: string;
  /** When it said so last. */
  at: number;
  message: string | null;
  /** `up` within three of its own usual intervals (at least 90 s), `silent` beyond, `down` where it said so. */
  state: 'up' | 'unwell' | 'silent' | 'down';
}

/**
 * `GET /api/rates?span=&step=` (seconds; default 3600, and as fine as 900 rows allow): what the server has sampled
 * within the last hour, oldest first; one row a step. Rates are means of a step, `latency_p50_ms` the median of what
 * was sampled in it, `latency_p99_ms` the highest. Beyond 30 types the rarest are one, `other`.
 */
export interface Rates {
  step_s: number;
  /** Unix seconds of each row. */
  at: number[];
  /** Events a second, by type, as long as `at`. */
  series: Record<string, number[]>;
  latency_p50_ms: Array<number | null>;
  latency_p99_ms: Array<number | null>;
}
