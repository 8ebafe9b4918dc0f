import { type Logged, readLog } from './read-log.js';
import { fieldsOf } from './rows.js';
import type { Findings } from './verdict.js';

/** The log, read in step with the store. One that cannot be read is a finding, not the end of the check. */
export class LogReader {
  readonly #findings: Findings;
  readonly #events: Iterator<Logged>;
  #current: Logged | undefined;

  constructor(findings: Findings, dir: string) {
    this.#findings = findings;
    this.#events = readLog(dir);
    this.#advance();
  }

  /** Undefined for what retention has removed, and for what the log should hold and does not. */
  at(seq: number): Logged | undefined {
    while (this.#current !== undefined && this.#current.seq < seq) {
      this.#findings.wrong('misstored', `seq ${this.#current.seq} is in the log and not in the store`);
      this.#advance();
    }
    if (this.#current === undefined) {
      this.#findings.wrong('misstored', `seq ${seq} is in the store, and the log ends before it`);
      return undefined;
    }
    if (this.#current.seq > seq) return undefined;
    const found = this.#current;
    this.#advance();
    return found;
  }

  /** How many events follow; those that the bus says of itself, its end among them, do not count. */
  rest(): number {
    let count = 0;
    for (; this.#current !== undefined; this.#advance()) {
      if (fieldsOf(this.#current.text).source !== 'event_bus') count += 1;
    }
    return count;
  }

  #advance(): void {
    try {
      const { done, value } = this.#events.next();
      this.#current = done === true ? undefined : value;
      if (this.#current !== undefined) this.#findings.counts.logged += 1;
    } catch (error) {
      this.#current = undefined;
      this.#findings.wrong('holes', `the log cannot be read: ${(error as Error).message}`);
    }
  }
}
