import { setImmediate as nextTurn } from 'node:timers/promises';
import { compileFilter, type Facets, type Filter } from '../filter.js';
import type { Run } from '../page.js';
import type { LastValue } from './kept-values.js';

/** What `last_values` answers. */
export interface LastValuesPage {
  /** The values are those of this moment of the log. */
  next: number;
  more: boolean;
  runs: Run[];
  body: Buffer;
}

interface PageOptions {
  next: number;
  filter: Filter | undefined;
  /** Only what is behind this `seq`. */
  after: number;
  maxBytes: number;
}

/** A turn of the event loop looks at so many. */
const valuesPerTurn = 500;
/** Keeps the header of a reply small. */
const runsMax = 10_000;

/** As many values as there is room for, at least one, in the order of `seq`. */
export async function buildPage(
  values: readonly LastValue[],
  { next, filter, after, maxBytes }: PageOptions,
): Promise<LastValuesPage> {
  const passes = compileFilter(filter);
  const sorted = values.filter(({ seq }) => seq > after).sort((a, b) => a.seq - b.seq);
  const texts: string[] = [];
  const runs: Run[] = [];
  let bytes = 0;
  for (const [i, { seq, appendedAt, text }] of sorted.entries()) {
    if (i % valuesPerTurn === valuesPerTurn - 1) await nextTurn();
    if (passes !== null && !passes(JSON.parse(text) as Facets)) continue;
    const size = Buffer.byteLength(text) + 1;
    const isFull = (bytes + size > maxBytes && runs.length > 0) || runs.length >= runsMax;
    if (isFull) return { next, more: true, runs, body: Buffer.from(texts.join('\n')) };
    bytes += size;
    texts.push(text);
    runs.push([seq, 1, Math.round(appendedAt * 1000) / 1000]);
  }
  return { next, more: false, runs, body: Buffer.from(texts.join('\n')) };
}
