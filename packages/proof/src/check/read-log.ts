import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { readSegment, UnreadableLogError } from './segment.js';

/** An event as it stands in the log. */
export interface Logged {
  seq: number;
  /** The publisher's bytes. */
  text: string;
  /** Unix seconds. */
  appended_at: number;
}

/** The segments of a log, oldest first. */
export function segmentsOf(dir: string): string[] {
  return readdirSync(dir)
    .filter((name) => /^\d{20}\.seg$/.test(name))
    .sort()
    .map((name) => join(dir, name));
}

/** Reads a log from its files, oldest event first. Nobody may be writing. Throws `UnreadableLogError`. */
export function* readLog(dir: string): Generator<Logged> {
  let next: number | undefined;
  for (const file of segmentsOf(dir)) {
    const first = Number.parseInt(basename(file), 10);
    if (next !== undefined && first !== next) {
      throw new UnreadableLogError(file, 0, `the segment before it ends at ${next}`);
    }
    next = yield* eventsOf(file);
  }
}

function* eventsOf(file: string): Generator<Logged, number> {
  const records = readSegment(file);
  for (;;) {
    const step = records.next();
    if (step.done === true) return step.value.seq;
    const { events, appended_at } = step.value;
    let { seq } = step.value;
    for (const text of events) yield { seq: seq++, text, appended_at };
  }
}
