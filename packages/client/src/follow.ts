import { GapError } from '@bitten/schema';
import { type EventFilter, type FetchReply, type Position, splitEvents } from '@bitten/transport';
import type { BusLink } from './bus-link.js';

/** An event of the log, as its publisher wrote it. */
export interface LoggedText {
  seq: number;
  /** When the bus appended it, Unix seconds. */
  appendedAt: number;
  text: string;
}

export interface FollowOptions {
  link: BusLink;
  from: Position;
  filter: EventFilter;
  /** Stop where the log ends now. */
  stopAtEnd: boolean;
  /** Hears which events retention removed before they were read; reading goes on after them. */
  onGap: (gap: GapError) => void;
  signal: AbortSignal;
}

const wait_ms = 30_000;

/**
 * The events of the log that pass a filter, a page at a time, from a position on and then as they come.
 *
 * **Ordering.** In the order of `seq`, without gap or repeat, history and live alike: both are one read of one log.
 *
 * **Failure.** While the bus is away it waits, and then goes on where it was.
 */
export async function* follow(options: FollowOptions): AsyncGenerator<LoggedText[]> {
  const { link, filter, stopAtEnd, onGap, signal } = options;
  // The end is fixed at the beginning: on a busy bus there would be no other.
  const stop = stopAtEnd ? (await link.ask((client) => client.hello())).next : Number.POSITIVE_INFINITY;
  let position: Position = await resolve(link, options.from);
  while (!signal.aborted && position < stop) {
    const from: number = position;
    try {
      const reply = await link.ask((client) =>
        client.fetch({ from, filter, wait_ms: stopAtEnd ? 0 : wait_ms }, { signal }),
      );
      const texts = textsOf(reply).filter(({ seq }) => seq < stop);
      if (texts.length > 0) yield texts;
      position = reply.next;
    } catch (error) {
      if (!(error instanceof GapError)) throw error;
      onGap(error);
      position = error.to;
    }
  }
}

/** The `seq` a position stands for now. */
async function resolve(link: BusLink, from: Position): Promise<number> {
  if (typeof from === 'number') return from;
  return (await link.ask((client) => client.fetch({ from, max_bytes: 1 }))).from;
}

function textsOf({ runs, body }: Pick<FetchReply, 'runs' | 'body'>): LoggedText[] {
  const texts = splitEvents(body);
  const logged: LoggedText[] = [];
  for (const [first, count, appendedAt] of runs) {
    for (let seq = first; seq < first + count; seq += 1) {
      logged.push({ seq, appendedAt, text: texts[logged.length]! });
    }
  }
  return logged;
}

/** The last value of each key of some types, and the place to follow on from: nothing is missed between the two. */
export async function findLastValues(
  link: BusLink,
  types: readonly string[],
  filter: EventFilter,
): Promise<{ values: LoggedText[]; next: number }> {
  const values: LoggedText[] = [];
  for (let after = 0; ; after = values.at(-1)!.seq) {
    const from: number = after;
    const reply = await link.ask((client) => client.lastValues({ types, filter, after: from }));
    values.push(...textsOf(reply));
    if (!reply.more) return { values, next: reply.next };
  }
}

/** How far to look back at first for each event wanted, and how much farther each time that was not enough. */
const lookBack_factor = 4;
const lookBack_min = 1_000;

/** The `seq` of the n-th last event that passes a filter; of the first one where there are fewer. */
export async function findLast(link: BusLink, filter: EventFilter, count: number): Promise<number> {
  const { first, next: end } = await link.ask((client) => client.hello());
  if (count === 0) return end;
  const isFiltered = Object.values(filter).some((values) => values !== undefined);
  if (!isFiltered) return Math.max(first, end - count);
  let missing = count;
  let to = end;
  for (let reach = Math.max(lookBack_min, count); to > first; reach *= lookBack_factor) {
    const from = Math.max(first, to - reach);
    const seqs = await seqsBetween(link, filter, { from, to });
    if (seqs.length >= missing) return seqs[seqs.length - missing]!;
    missing -= seqs.length;
    to = from;
  }
  return first;
}

async function seqsBetween(
  link: BusLink,
  filter: EventFilter,
  { from, to }: { from: number; to: number },
): Promise<number[]> {
  const seqs: number[] = [];
  for (let position = from; position < to; ) {
    const at: number = position;
    const reply: FetchReply = await link.ask((client) => client.fetch({ from: at, filter }));
    for (const [seq, count] of reply.runs) {
      for (let each = seq; each < Math.min(seq + count, to); each += 1) seqs.push(each);
    }
    position = reply.next;
  }
  return seqs;
}
