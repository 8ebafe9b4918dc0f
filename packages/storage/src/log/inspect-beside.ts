import { type LogIo, readFile } from './io.js';
import { readSnapshot } from './producer-snapshot.js';
import type { ProducerTable } from './producers.js';
import { SeqIndex } from './seq-index.js';
import { damagedSpare, type LogFinding } from './verify-report.js';

interface IndexCheck {
  io: LogIo;
  path: string;
  firstSeq: number;
  endSeq: number;
  /** Where each record of the segment begins, by its place. */
  offsets: ReadonlyMap<number, number>;
}

/** Holds an index against its segment; a missing one is made anew when it is needed, and no damage. */
export function checkIndex({ io, path, firstSeq, endSeq, offsets }: IndexCheck): LogFinding | null {
  const content = readFile(io, path);
  if (content === null) return null;
  const index = SeqIndex.decode(content, { firstSeq, endSeq });
  const wrong = index?.entries().find(({ seq, offset }) => offsets.get(seq) !== offset);
  if (index !== null && wrong === undefined) return null;
  return damagedSpare({
    file: path,
    found:
      wrong === undefined ? 'a checksum that does not match' : `event ${wrong.seq} at byte ${wrong.offset}`,
    expected: 'the index of its segment',
    remedy: 'delete the file: the bus makes it anew from the segment',
  });
}

interface ProducersCheck {
  io: LogIo;
  path: string;
  /** The segment the file belongs to: where retention has removed that, the file goes with it. */
  segment: string;
  firstSeq: number;
  /** Every segment but a log's very first has one. */
  isNeeded: boolean;
  /** What the segments before say; null where they do not say it all. */
  known: ProducerTable | null;
}

/** Holds what was known of producers when a segment began against the segments before it. */
export function checkProducers(check: ProducersCheck): {
  producers: Array<[string, number]> | null;
  finding: LogFinding | null;
} {
  const { io, path, segment, firstSeq, isNeeded, known } = check;
  const find = (found: string, expected: string) =>
    damagedSpare({
      file: path,
      found,
      expected,
      remedy:
        'restore the file from a backup, or leave it: the bus takes an earlier one and the segments since. Without any, a producer that has been silent since may have events appended twice when it sends them again',
    });
  const exists = io.exists(path);
  if (!exists && (!isNeeded || !io.exists(segment))) return { producers: null, finding: null };
  const producers = exists ? readSnapshot(io, path, firstSeq) : null;
  if (producers === null) {
    const found = exists ? 'a checksum that does not match' : 'no such file';
    return { producers, finding: find(found, `what is known of producers before event ${firstSeq}`) };
  }
  const wrong = producers.find(([producer, last]) => (known?.last(producer) ?? last) !== last);
  if (wrong === undefined) return { producers, finding: null };
  const [producer, last] = wrong;
  const finding = find(`producer ${producer} at ${last}`, `at ${known?.last(producer)}, as the segments say`);
  return { producers, finding };
}
