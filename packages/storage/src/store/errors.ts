import { BittenError } from '@bitten/schema';

/** A span begins after the cursor: applying it would leave positions that were never seen. */
export class StoreHoleError extends BittenError {
  readonly log: string;
  /** The next position the store has not applied. */
  readonly cursor: number;
  /** Where the refused span begins. */
  readonly from: number;

  constructor(log: string, cursor: number, from: number) {
    super('store_hole', `a span of ${log} from ${from} would leave a hole: the cursor stands at ${cursor}`, {
      found: `a span from ${from}`,
      expected: `a span from ${cursor} or before`,
      remedy: `read the log again from ${cursor}`,
    });
    this.log = log;
    this.cursor = cursor;
    this.from = from;
  }
}

/** The store already holds the events of another log; positions of two logs cannot be mixed. */
export class ForeignLogError extends BittenError {
  constructor(found: string, expected: string) {
    super('foreign_log', `the store is a projection of log ${expected}, not of ${found}`, {
      found: `log ${found}`,
      expected: `log ${expected}`,
      remedy: 'check the data directory, or move the store aside: it is made anew from the log',
    });
  }
}

/** The file was written by a newer version of this program. */
export class NewerStoreError extends BittenError {
  constructor(file: string, found: number, expected: number) {
    super(
      'newer_store',
      `${file} has schema version ${found}; this program knows versions up to ${expected}`,
      {
        found: `version ${found}`,
        expected: `version ${expected} or older`,
        remedy: 'run the newer program, or move the file aside: the store is made anew from the log',
      },
    );
  }
}

/** The file must be migrated, and a read-only store may not do that. */
export class OlderStoreError extends BittenError {
  constructor(file: string, found: number, expected: number) {
    super('older_store', `${file} has schema version ${found}; reading needs version ${expected}`, {
      found: `version ${found}`,
      expected: `version ${expected}`,
      remedy: 'start the collector once: it migrates the store when it opens it',
    });
  }
}

/** There is no file to read. */
export class MissingStoreError extends BittenError {
  constructor(file: string) {
    super('missing_store', `there is no store at ${file}`, {
      found: 'no file',
      expected: 'a store written by the collector',
      remedy: 'check the data directory, or start the collector: it makes the store',
    });
  }
}

/** The file is no database, or the database of another program, such as the Python collector's. */
export class NotAStoreError extends BittenError {
  constructor(file: string, found: string, cause?: unknown) {
    super('not_a_store', `${file} is not a store of this program: ${found}`, {
      found,
      expected: 'a store written by the collector, or no file',
      remedy:
        'choose another file, or move this one aside; nothing in it was changed. If it was our store once: bitten rebuild',
      cause,
    });
  }
}

/** The database cannot be read or written now: the disk is full, the file is locked or the device fails. */
export class StoreUnavailableError extends BittenError {
  constructor(file: string, found: string, cause: unknown) {
    super('store_unavailable', `the store ${file} cannot be used now: ${found}`, {
      found,
      expected: 'a disk with room and a file nobody else holds',
      remedy: 'make room or end the other writer and try again; nothing was applied and the cursor stands',
      cause,
    });
  }
}

/** The database file is damaged. */
export class CorruptStoreError extends BittenError {
  constructor(file: string, found: string, cause: unknown) {
    super('corrupt_store', `the store ${file} is damaged: ${found}`, {
      found,
      expected: 'a sound database',
      remedy:
        'nothing is lost that the log still holds: bitten verify says what is damaged, bitten rebuild makes the store anew',
      cause,
    });
  }
}
