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
}
