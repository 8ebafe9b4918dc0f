import { BittenError } from '@bitten/schema';

/** A reader asked for a position past the end: one of another log, or of one that has lost its files. */
export class BeyondEndError extends BittenError {
  readonly from: number;
  /** The place the next event will have: the last position a reader may ask for. */
  readonly end: number;

  constructor(from: number, end: number) {
    super('beyond_end', `position ${from} is past the end of the log, ${end}`, {
      found: `position ${from}`,
      expected: `a position up to ${end}`,
      remedy:
        'compare the log_id kept with the position; if it is another log, start again from its first event',
    });
    this.from = from;
    this.end = end;
  }
}

export interface CorruptPlace {
  /** Full path of the file. */
  file: string;
  /** Bytes from the file's beginning. */
  offset: number;
  /** The event that should stand there. */
  seq: number;
  found: string;
  expected: string;
  remedy: string;
}

/** What is on the disk is not what was written. Nothing is skipped: what comes before the place is served. */
export class CorruptLogError extends BittenError {
  readonly file: string;
  readonly offset: number;
  readonly seq: number;

  constructor({ file, offset, seq, ...facts }: CorruptPlace) {
    super('corrupt', `${file} is damaged at byte ${offset} (event ${seq}): ${facts.found}`, facts);
    this.file = file;
    this.offset = offset;
    this.seq = seq;
  }
}

/** The log's files cannot be written (or, on opening, read) at the moment; `cause` is the system's error. */
export class LogUnavailableError extends BittenError {
  /** The system's name of the failure: `ENOSPC`, `EROFS`, …. */
  readonly errno: string;

  constructor(log: string, cause: SystemFailure) {
    super('unavailable', `${log}/ cannot be written or read now: ${cause.message}`, {
      found: cause.code,
      remedy: remedies[cause.code] ?? 'see that the disk is well, then try again',
      cause,
    });
    this.errno = cause.code;
  }
}

const remedies: Record<string, string> = {
  ENOSPC: 'free some space on the disk; the log goes on with the next commit',
  EDQUOT: "raise the account's disk quota or free some space; the log goes on with the next commit",
  EROFS: 'the file system is read-only: see why in the system log, and mount it for writing again',
  EACCES: "give this account the right to read and write the log's folder",
  EPERM: "give this account the right to read and write the log's folder",
  EMFILE: 'raise the limit of open files of this process',
  ENFILE: 'raise the limit of open files of this system',
  EIO: 'the disk reports errors: look into the system log, and move the log to another disk',
};

export interface SystemFailure extends Error {
  code: string;
}

/** Tells a failure of the system (`ENOSPC`) from a bug, which must not be taken for one. */
export function isSystemFailure(error: unknown): error is SystemFailure {
  return (
    error instanceof Error &&
    'code' in error &&
    typeof error.code === 'string' &&
    /^E[A-Z0-9]+$/.test(error.code)
  );
}

/** Whether the disk, or the account's share of it, is full: giving something back may help. */
export function isOutOfSpace(error: unknown): boolean {
  return isSystemFailure(error) && (error.code === 'ENOSPC' || error.code === 'EDQUOT');
}

/** Runs something that touches the disk; a failure of the system comes out as `LogUnavailableError`. */
export function withAvailability<Result>(log: string, action: () => Result): Result {
  try {
    return action();
  } catch (error) {
    throw isSystemFailure(error) ? new LogUnavailableError(log, error) : error;
  }
}
