import { type Lifecycle, type LifecycleList, lifecycleLists } from '../../../src/api/lifecycle.js';
import type { Tone } from '../../ui/badge.js';

/** What each list is called, and what it holds. */
export const listTexts: Record<LifecycleList, { name: string; meaning: string; none: string }> = {
  all: {
    name: 'All',
    meaning: 'Every fire, and every signal that nobody has fired; the newest first.',
    none: 'No signal and no fire has come yet.',
  },
  open: {
    name: 'Open',
    meaning: 'Signals and fires without an outcome yet.',
    none: 'Nothing is open: every signal and fire has its outcome.',
  },
  'never-executed': {
    name: 'Never executed',
    meaning: 'Fires that were commanded, and no execution came.',
    none: 'Every fire was executed.',
  },
  orphans: {
    name: 'Orphans',
    meaning: 'Fires whose signal is not known, executions without a fire, outcomes without anything.',
    none: 'Nothing is orphaned: every fire has its signal, every execution its fire.',
  },
  duplicates: {
    name: 'Duplicates',
    meaning: 'A hop came more than once.',
    none: 'Every hop came once.',
  },
  expired: {
    name: 'Expired',
    meaning: 'The signal expired before it was fired, or before that fire was executed.',
    none: 'No signal has expired unused.',
  },
  slow: {
    name: 'Slow',
    meaning: 'The fires that took longest over one hop, among the newest 20,000; the slowest first.',
    none: 'No fire has come so far yet.',
  },
};

/** The hops that `slow` can sort by. */
export const slowHops = [
  { hop: 'to_fire_s', name: 'signal to fire' },
  { hop: 'to_execute_s', name: 'fire to execution' },
  { hop: 'to_confirm_s', name: 'execution to confirmation' },
  { hop: 'to_outcome_s', name: 'execution to outcome' },
] as const;
export type SlowHop = (typeof slowHops)[number]['hop'];
const hopDefault = 'to_execute_s' satisfies SlowHop;

/** From this many on the server counts no further. */
const count_max = 10_000;

/** A count as it is shown; empty where there is none (`slow` is an order, not a kind). */
export function showCount(count: number | undefined): string {
  if (count === undefined) return '';
  return count >= count_max ? `${count_max.toLocaleString('en')}+` : count.toLocaleString('en');
}

/** What of the address says what is shown. */
export interface LifecycleView {
  list: LifecycleList;
  hop: SlowHop;
  before: string | null;
  /** The one life to be shown instead of a list. */
  id: string | null;
}

/** What of the address is this page's: `#/lifecycle/S1?list=open`. */
interface Address {
  rest: string;
  query: Readonly<Record<string, string | undefined>>;
}

/** Reads the address. What it cannot mean is left at its default: an old bookmark must open something. */
export function readView({ rest, query }: Address): LifecycleView {
  const list = lifecycleLists.find((name) => name === query.list) ?? 'all';
  const hop = slowHops.find((one) => one.hop === query.hop)?.hop ?? hopDefault;
  return { list, hop, before: query.before || null, id: rest.trim() || null };
}

/** The address of a view; what is as by default is left out. A life is the same whatever page of a list it was on. */
export function writeView({ list, hop, before, id }: LifecycleView): {
  rest: string;
  query: Record<string, string>;
} {
  const query: Record<string, string> = {};
  if (list !== 'all') query.list = list;
  if (list === 'slow' && hop !== hopDefault) query.hop = hop;
  if (before !== null) query.before = before;
  return { rest: id ?? '', query };
}

/** What the server is asked for a list. */
export function listQuery(
  { list, hop, before }: LifecycleView,
  limit: number,
): Record<string, string | number> {
  return { list, limit, ...(list === 'slow' ? { hop } : {}), ...(before === null ? {} : { before }) };
}

/** When a life began, by whatever of it came first; null where no event of it tells. */
export function beganAt(life: Lifecycle): number | null {
  const times = [
    life.signal_at,
    life.fired_at,
    life.executed_at,
    life.confirmed_at,
    life.outcome_at,
    life.expired_at,
    life.signal_outcome_at,
  ].filter((time) => time !== null);
  return times.length === 0 ? null : Math.min(...times);
}

/** The id that finds a life again: the fire's where there is one, for a signal may have several. */
export function idOf({ fire_id, signal_id }: Pick<Lifecycle, 'fire_id' | 'signal_id'>): string {
  return fire_id ?? signal_id ?? '';
}

/** How good or bad the state of a life is, for the badge that says it. */
export function toneOf({ state, missing }: Pick<Lifecycle, 'state' | 'missing'>): Tone {
  // Not every broker's adapter confirms; without the rest nobody can say what was traded and why.
  if (missing !== null) return missing === 'confirmation' ? 'warn' : 'bad';
  if (state === 'expired') return 'warn';
  return state === 'signalled' || state === 'fired' ? 'info' : 'ok';
}

/**
 * What a life came to, in a few words: the trade's own outcome, else what the tracker said of its signal; with the
 * profit, or the pips where that is not told. Null where it came to nothing yet.
 */
export function resultOf(life: Lifecycle): { text: string; won: boolean | null } | null {
  if (life.outcome !== null || life.profit !== null || life.pips !== null) {
    const gain = signed(life.profit, '') ?? signed(life.pips, ' pips');
    return { text: joined(life.outcome, gain), won: wonOf(life.won) };
  }
  if (life.signal_outcome === null) return null;
  return {
    text: joined(life.signal_outcome, signed(life.signal_pips, ' pips')),
    won: wonOf(life.signal_won),
  };
}

function wonOf(value: number | null): boolean | null {
  return value === null ? null : value === 1;
}

function joined(...parts: ReadonlyArray<string | null>): string {
  return parts.filter((part) => part !== null).join(' ');
}

function signed(value: number | null, unit: string): string | null {
  return value === null ? null : `${value > 0 ? '+' : ''}${value}${unit}`;
}
