import { type LogIo, type NewRecord, type SegmentLog, segmentBytesMin } from '../../src/log/index.js';
import { batch } from '../../src/testing/log-batches.js';
import { backgroundTurn, openSmall } from './helpers.js';

/** What a short life of a log has come to, whatever happened on the way. */
export interface Outcome {
  log: SegmentLog | null;
  /** The events of commits that returned, in order. */
  committed: string[];
  /** The events of the commit that was on its way, or failed last. */
  underway: string[];
  /** What open, commit and retain threw. */
  errors: unknown[];
}

export interface StoryOptions {
  dir: string;
  io: LogIo;
  durability: 'fsync' | 'none';
  /** How many times larger than the smallest all sizes are. */
  scale?: number;
  /** Whether to go on after an error; a dead process does not. */
  goesOn: boolean;
}

const commits = 14;

/** What the i-th commit stages: one to three records of one or two events; once more than fits a segment. */
function recordsOf(i: number, scale: number): NewRecord[] {
  const records = Array.from({ length: 1 + (i % 3) }, (_, part) =>
    batch({
      mark: `c${i}p${part}`,
      count: 1 + (i % 2),
      eventBytes: 450 * scale,
      producer: 'p',
      producerSeq: 1 + i * 10 + part * 2,
    }),
  );
  // Seen once, and then only in what is written down of producers when a segment begins.
  if (i === 0) records.push(batch({ mark: 'early', producer: 'early', producerSeq: 41 }));
  return i === 6 ? [...records, batch({ mark: 'large', eventBytes: 9000 * scale })] : records;
}

/** A short life with everything in it: an opening, commits, new segments, a large commit, retention. */
export async function tell({ dir, io, durability, goesOn, scale = 1 }: StoryOptions): Promise<Outcome> {
  const outcome: Outcome = { log: null, committed: [], underway: [], errors: [] };
  const attempt = (action: () => void): void => {
    if (outcome.errors.length > 0 && !goesOn) return;
    try {
      action();
    } catch (error) {
      outcome.errors.push(error);
    }
  };
  attempt(() => {
    outcome.log = openSmall(dir, { io, durability, segmentBytesMax: segmentBytesMin * scale });
  });
  for (let i = 0; i < commits && outcome.log !== null; i += 1) {
    const log: SegmentLog = outcome.log;
    attempt(() => {
      outcome.underway = [];
      for (const record of recordsOf(i, scale)) {
        log.stage(record);
        outcome.underway.push(...record.body.toString().split('\n'));
      }
      log.commit();
      outcome.committed.push(...outcome.underway);
      outcome.underway = [];
    });
    if (i === 9) attempt(() => log.retain({ bytesMax: 9000 * scale, floor: log.nextSeq }));
    await backgroundTurn();
  }
  return outcome;
}
