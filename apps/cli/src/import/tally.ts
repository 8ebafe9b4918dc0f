import { describeIssue, type Issue } from '@bitten/schema';
import type { Comparison } from './format.js';

/** What an import came to, also the object that `--json` prints. */
export interface ImportResult {
  file: string;
  format: string;
  /** Lines read, or bars joined. */
  records: number;
  /** Appended to the log by this import. */
  stored: number;
  /** Handled by an earlier import of the same content. */
  already_there: number;
  dead_letters: number;
  /** Valid events by type, counted by a dry run. */
  by_type?: Record<string, number>;
  /** The first few dead letters. */
  reasons: string[];
  notes: string[];
  /** From the first row read until all was acknowledged. */
  duration_s: number;
  /** Until all of it was in the store, and counted there. */
  compared_after_s?: number;
  /** By type and day: what was in a database, and what has become of it. */
  comparison?: Comparison;
}

const reasons_max = 5;

/** Counts while an import runs. */
export class Tally {
  records = 0;
  stored = 0;
  alreadyThere = 0;
  deadLetters = 0;
  readonly byType = new Map<string, number>();
  readonly reasons: string[] = [];
  readonly #unit: string;
  /** Number of the last record. */
  lastLine = 0;

  /** `unit` is what a record is called. */
  constructor(unit = 'line') {
    this.#unit = unit;
  }

  get events(): number {
    return this.stored + this.alreadyThere + this.deadLetters;
  }

  addType(type: string): void {
    this.byType.set(type, (this.byType.get(type) ?? 0) + 1);
  }

  addDeadLetter(letter: {
    line: number | undefined;
    number: number | undefined;
    issues: readonly Issue[];
  }): void {
    this.deadLetters += 1;
    if (this.reasons.length >= reasons_max) return;
    const where = letter.line === undefined ? 'an event' : `${this.#unit} ${letter.line}`;
    const name = letter.number === undefined ? '' : ` (dead letter ${letter.number})`;
    this.reasons.push(`${where}${name}: ${letter.issues.map(describeIssue).join('; ')}`);
  }
}
