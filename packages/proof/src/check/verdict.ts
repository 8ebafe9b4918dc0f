/** What was found, in numbers. All but the first block must be 0. */
export interface Counts {
  /** Receipts that publishers have written down. */
  acknowledged: number;
  /** Events that were acknowledged or promised to be on the publisher's disk. */
  promised: number;
  stored: number;
  logged: number;
  /** What subscribers have written down. */
  seen: number;
  deadLetters: number;
  /** Acknowledged or promised, and not there. */
  lost: number;
  /** There more than once. */
  doubled: number;
  /** Not in the order of their producer, or with a hole in it. */
  reordered: number;
  /** Places of `seq` that hold nothing. */
  holes: number;
  /** Told another place than the event has, or other bytes. */
  falseReceipts: number;
  /** Seen by a subscriber otherwise than logged, or not at all. */
  misseen: number;
  /** Rows of the store that are not what is logged. */
  misstored: number;
  /** Invalid events that are not in the dead letters exactly once, as promised. */
  deadLettersWrong: number;
}

const wrongs = [
  'lost',
  'doubled',
  'reordered',
  'holes',
  'falseReceipts',
  'misseen',
  'misstored',
  'deadLettersWrong',
] as const satisfies ReadonlyArray<keyof Counts>;

export type Wrong = (typeof wrongs)[number];

/** Of each kind so many are told in words; all are counted. */
const told_max = 5;

/** What the checker says, with the first violations in words. */
export interface Verdict {
  ok: boolean;
  counts: Counts;
  violations: string[];
}

export function noCounts(): Counts {
  return {
    acknowledged: 0,
    promised: 0,
    stored: 0,
    logged: 0,
    seen: 0,
    deadLetters: 0,
    lost: 0,
    doubled: 0,
    reordered: 0,
    holes: 0,
    falseReceipts: 0,
    misseen: 0,
    misstored: 0,
    deadLettersWrong: 0,
  };
}

/** Gathers what is found. Nothing is thrown away: what is not told in words is still counted. */
export class Findings {
  readonly counts = noCounts();
  readonly #violations: string[] = [];
  readonly #told = new Map<Wrong, number>();

  wrong(what: Wrong, words: string, count = 1): void {
    this.counts[what] += count;
    const told = this.#told.get(what) ?? 0;
    this.#told.set(what, told + 1);
    if (told < told_max) this.#violations.push(`${what}: ${words}`);
  }

  verdict(): Verdict {
    return { ok: isClean(this.counts), counts: this.counts, violations: this.#violations };
  }
}

export function isClean(counts: Counts): boolean {
  return wrongs.every((what) => counts[what] === 0);
}

/** The sum of two, for a story of several rounds. */
export function addCounts(a: Counts, b: Counts): Counts {
  const sum = noCounts();
  for (const name of Object.keys(sum) as Array<keyof Counts>) sum[name] = a[name] + b[name];
  return sum;
}
