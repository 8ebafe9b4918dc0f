import type { ImportRecord, ReadLinesOptions } from './records.js';

/** How the lines of one kind of file become events. */
export interface ImportFormat {
  name: string;
  /**
   * Everything that decides which events a line becomes, the version of the code included: it is part of what an
   * import is known by.
   */
  identity: string;
  /** Reads the files as records; most kinds are one file. */
  read: (files: readonly string[], options: ReadLinesOptions) => AsyncIterable<ImportRecord[]>;
  /**
   * The JSON texts of a record's events, always the same ones. Whether they are valid is not asked here: what is
   * not goes to the dead letters, and the numbers of the events behind it do not depend on today's rules.
   */
  map: (record: ImportRecord) => string[];
  /** What is worth saying when everything has been read. */
  notes?: () => string[];
  /** What a record is called; a line by default. */
  unit?: 'row';
  /** Holds what is in the store against what was in the files; undefined where there was nothing. */
  compare?: (files: readonly string[], store: ImportedStore) => Promise<Comparison | undefined>;
}

/** Where an import has ended up. */
export interface ImportedStore {
  dataDir: string;
  /** Number of the last record that was read. */
  lastLine: number;
  /** Resolves when everything that was published is stored. Throws where that does not come about. */
  settled: () => Promise<void>;
}

/** What was there and what is stored, by type and day (UTC). */
export interface Comparison {
  isEqual: boolean;
  days: Array<{ event_type: string; day: string; rows: number; stored: number; dead_letters: number }>;
}
