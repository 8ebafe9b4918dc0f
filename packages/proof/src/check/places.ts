import type { Findings } from './verdict.js';

/** Where the events of one life of a publisher stand, in the order in which they stand there. */
export interface Places {
  /** The seq of event n; the first one where there are several. */
  seqOf: Map<number, number>;
  /** Numbers in the order of their places. */
  order: number[];
}

/** Who says what of each `seq`: `run * 2^32 + n`, or -1 for what is not a numbered event. */
export class Ownership {
  readonly byRun = new Map<number, Places>();
  readonly #owners: number[] = [];

  note(seq: number, data: unknown): void {
    const { run, n } = (data ?? {}) as { run?: number; n?: number };
    if (run === undefined || n === undefined) {
      this.#owners[seq] = -1;
      return;
    }
    this.#owners[seq] = ownerOf(run, n);
    const places: Places = this.byRun.get(run) ?? { seqOf: new Map(), order: [] };
    if (!places.seqOf.has(n)) places.seqOf.set(n, seq);
    places.order.push(n);
    this.byRun.set(run, places);
  }

  /** Undefined where nothing stands there. */
  ownerAt(seq: number): number | undefined {
    return this.#owners[seq];
  }
}

export function ownerOf(run: number, n: number): number {
  return run * 2 ** 32 + n;
}

/** Each life's events once, in its order; without a hole, unless there is no promise that all of them come. */
export function checkOrder(
  findings: Findings,
  { run, places, mayHaveHoles }: { run: number; places: Places; mayHaveHoles: boolean },
): void {
  const seen = new Set<number>();
  let before = 0;
  for (const n of places.order) {
    if (seen.has(n)) findings.wrong('doubled', `event ${n} of life ${run} is stored twice`);
    else if (n < before) findings.wrong('reordered', `life ${run}: event ${n} stands behind event ${before}`);
    else if (n !== before + 1 && !mayHaveHoles) {
      findings.wrong('reordered', `life ${run}: event ${n} follows event ${before}`);
    }
    seen.add(n);
    before = Math.max(before, n);
  }
}
