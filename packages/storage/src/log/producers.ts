import { limits } from '@bitten/schema';
import type { Placement } from './types.js';

/** Runs remembered of one producer, and of how many producers: about 10 MB at the very most. */
const runsMax = 64;
const producersWithRunsMax = 2_048;

/** `count` events of a producer from `producerSeq` on are in the log from `seq` on. */
export interface ProducerRun {
  producer: string;
  producerSeq: number;
  seq: number;
  count: number;
}

/**
 * What the log knows of producers: how far each has come, for the last 50,000 seen, and where the last runs of
 * the busiest are. Both maps are ordered by when a producer was last seen; the longest unseen is forgotten first.
 */
export class ProducerTable {
  readonly #last: Map<string, number>;
  readonly #runs = new Map<string, ProducerRun[]>();
  readonly #producersMax: number;

  constructor(
    known: Iterable<[string, number]> = [],
    producersMax: number = limits.producers_remembered_max,
  ) {
    this.#last = new Map(known);
    this.#producersMax = producersMax;
    forgetOldest(this.#last, producersMax);
  }

  note(run: ProducerRun): void {
    if (run.producer === '') return;
    const before = this.#last.get(run.producer) ?? 0;
    // Set anew, a key moves to the end: the map stays in the order of last sight.
    this.#last.delete(run.producer);
    this.#last.set(run.producer, Math.max(before, run.producerSeq + run.count - 1));
    forgetOldest(this.#last, this.#producersMax);
    this.#noteRun(run);
  }

  last(producer: string): number | undefined {
    return this.#last.get(producer);
  }

  placements(producer: string, first: number, last: number): Placement[] {
    const placements: Placement[] = [];
    let next = first;
    for (const run of this.#runs.get(producer) ?? []) {
      const from = Math.max(run.producerSeq, next);
      const end = Math.min(run.producerSeq + run.count, last + 1);
      if (from >= end) continue;
      if (from > next) placements.push({ producerSeq: next, seq: null, count: from - next });
      placements.push({ producerSeq: from, seq: run.seq + from - run.producerSeq, count: end - from });
      next = end;
    }
    if (next <= last) placements.push({ producerSeq: next, seq: null, count: last - next + 1 });
    return placements;
  }

  /** Every producer and how far it has come, the longest unseen first. */
  entries(): Array<[string, number]> {
    return [...this.#last];
  }

  #noteRun(run: ProducerRun): void {
    const runs = this.#runs.get(run.producer) ?? [];
    this.#runs.delete(run.producer);
    this.#runs.set(run.producer, runs);
    forgetOldest(this.#runs, producersWithRunsMax);
    const last = runs.at(-1);
    const joins =
      last !== undefined &&
      last.producerSeq + last.count === run.producerSeq &&
      last.seq + last.count === run.seq;
    const { producer, producerSeq, seq, count } = run;
    if (joins) last.count += count;
    else runs.push({ producer, producerSeq, seq, count });
    if (runs.length > runsMax) runs.shift();
  }
}

function forgetOldest(map: Map<string, unknown>, max: number): void {
  for (const key of map.keys()) {
    if (map.size <= max) return;
    map.delete(key);
  }
}
