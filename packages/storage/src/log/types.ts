/** What one producer's batch becomes: the unit of writing, of the checksum and of reading. */
export interface LogRecord {
  /** Place of its first event; the others follow without a hole. */
  seq: number;
  count: number;
  /** When the bus appended it, Unix seconds; never decreases along the log. */
  appendedAt: number;
  /** Empty for an anonymous producer. */
  producer: string;
  /** The producer's own number for the first event; 0 for an anonymous producer. */
  producerSeq: number;
  /** The events as NDJSON: `count` JSON texts with one `\n` between them. */
  body: Buffer;
}

/** A record before it has its place. */
export type NewRecord = Omit<LogRecord, 'seq'>;

/** `count` events of a producer from `producerSeq` on are in the log from `seq` on; null where no longer known. */
export interface Placement {
  producerSeq: number;
  seq: number | null;
  count: number;
}

export interface RetentionPolicy {
  /** Remove the oldest closed segments while the log is larger than this. */
  bytesMax?: number;
  /** Remove closed segments whose last record was appended before this time, Unix seconds. */
  appendedBefore?: number;
  /** Never remove this position or anything after it: the lowest cursor that must be kept. */
  floor: number;
}

export interface LogStats {
  bytes: number;
  segments: number;
  /** Unix seconds; null for an empty log. */
  lastAppendedAt: number | null;
}

/**
 * An append-only sequence of records with one writer.
 *
 * **Ordering.** Events get the places 1, 2, 3, … in the order they are staged; there is never a hole. A reader
 * sees a record only after the commit that made it durable has returned. `appendedAt` never decreases: a clock
 * that runs backwards is held at the last value.
 *
 * **Failure.** When `commit` returns, everything staged survives a crash of the process, of the system and of
 * the power (with `durability: 'fsync'`; with `'none'` only of the process). When it throws, what was staged is
 * dropped, nothing of it is in the log, now or after a restart, and staging may go on. A crash within a commit leaves, after reopening,
 * a prefix of what was staged, cut at a record: a torn tail is removed on open. A record in the middle whose
 * checksum does not match is reported by `read` as `CorruptLogError` with its place, and is never skipped.
 */
export interface Log {
  /** Names this log for its whole life. */
  readonly id: string;
  /** The oldest place still there; equals `nextSeq` where there is none. */
  readonly firstSeq: number;
  /** The place the next committed event will have. */
  readonly nextSeq: number;

  /** Queues a record for the next commit and returns the place its first event will have. */
  stage(record: NewRecord): number;
  /** Bytes staged and not yet committed. */
  readonly stagedBytes: number;
  /**
   * Writes and, with `durability: 'fsync'`, syncs all that is staged; does nothing where nothing is.
   * Throws `LogUnavailableError`; what was staged is dropped then.
   */
  commit(): void;
  /** Drops what is staged and not yet committed. */
  discard(): void;

  /**
   * Committed records from `from` on, about `bytesMax` of them, at least one where there is one; the first is
   * cut so that it begins at `from`. Empty at the end, and only there. The bodies of one call share a buffer.
   * Throws `GapError`, `BeyondEndError`, `CorruptLogError`, `LogUnavailableError`.
   */
  read(from: number, bytesMax: number): LogRecord[];
  /** The place of the first event appended at or after a time in Unix seconds; `nextSeq` where there is none. */
  seqAtTime(time: number): number;

  /** The highest producer sequence committed for a producer; undefined where it is not known. */
  lastProducerSeq(producer: string): number | undefined;
  /** Where a producer's events `first` to `last` (inclusive) are, as runs in order. */
  placements(producer: string, first: number, last: number): Placement[];

  /** Removes whole closed segments by size and age, never past the floor. Returns how many events went. */
  retain(policy: RetentionPolicy): number;
  stats(): LogStats;
  /** Drops what is staged and closes the files. */
  close(): void;
}
