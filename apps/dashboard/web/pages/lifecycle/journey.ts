import type { Lifecycle } from '../../../src/api/lifecycle.js';

/** The events a life can consist of, in the order they should come. */
const hopKinds = ['signal', 'expired', 'fire', 'execution', 'confirmation', 'outcome', 'tracked'] as const;
export type HopKind = (typeof hopKinds)[number];

/** What one hop of a life is, or would be. */
export interface Hop {
  kind: HopKind;
  /** The event type that makes it. */
  event_type: string;
  /** `came`; `missing`: a later one came without it; `awaited`: it is what should come next. */
  state: 'came' | 'missing' | 'awaited';
  /** Of the first of its kind, Unix seconds. */
  at: number | null;
  seq: number | null;
  count: number;
  /** Since the hop it answers; null where one of the two has not come. Below 0 where their clocks disagree. */
  took_s: number | null;
  /** The hop it answers. */
  after: HopKind | null;
  /** What it said: words to be shown one after the other. */
  said: string[];
}

/** Of each kind the event type, how its columns in a life begin, and the hop it answers. */
const kinds = {
  signal: { event_type: 'signal_generated', column: 'signal', after: null },
  expired: { event_type: 'signal_expired', column: 'expired', after: 'signal' },
  fire: { event_type: 'fire_command', column: 'fired', after: 'signal' },
  execution: { event_type: 'trade_executed', column: 'executed', after: 'fire' },
  confirmation: { event_type: 'trade_confirmed', column: 'confirmed', after: 'execution' },
  outcome: { event_type: 'trade_outcome', column: 'outcome', after: 'execution' },
  tracked: { event_type: 'signal_outcome', column: 'signal_outcome', after: 'signal' },
} as const satisfies Record<HopKind, { event_type: string; column: string; after: HopKind | null }>;

/**
 * The hops of a life in the order they should come: those that came, those that are missing between them, and the one
 * that is awaited. What may come but need not (an expiry, the tracker's verdict) is there only where it came.
 */
export function hopsOf(life: Lifecycle): Hop[] {
  const missing = life.missing?.split(',') ?? [];
  const awaited = awaitedOf(life);
  return hopKinds.flatMap((kind): Hop[] => {
    const hop = hopOf(life, kind);
    if (hop.seq !== null) return [{ ...hop, state: 'came' }];
    if (missing.includes(kind)) return [{ ...hop, state: 'missing' }];
    return kind === awaited ? [{ ...hop, state: 'awaited' }] : [];
  });
}

/** What should come next; null where nothing has to: a signal need not be fired, and a closed trade is closed. */
export function awaitedOf(life: Lifecycle): HopKind | null {
  if (life.fire_id === null || life.outcome_seq !== null) return null;
  return life.executed_seq === null && life.confirmed_seq === null ? 'execution' : 'outcome';
}

function hopOf(life: Lifecycle, kind: HopKind): Omit<Hop, 'state'> {
  const { event_type, column, after } = kinds[kind];
  const at = life[`${column}_at`];
  return {
    kind,
    event_type,
    at,
    seq: life[`${column}_seq`],
    count: life[`${column}_count`],
    took_s: after === null || at === null ? null : between(life[`${kinds[after].column}_at`], at),
    after,
    said: saidBy(life, kind),
  };
}

/** What is known by a hop, in words. */
function saidBy(life: Lifecycle, kind: HopKind): string[] {
  switch (kind) {
    case 'signal':
      return words(life.pattern, named('confidence', life.confidence));
    case 'fire':
      return words(named('user', life.user_id));
    case 'execution':
      return words(named('ticket', life.ticket));
    case 'outcome':
      return words(life.outcome, gain(life.profit, 'profit'), gain(life.pips, 'pips'));
    case 'tracked':
      return words(life.signal_outcome, gain(life.signal_pips, 'pips'));
    default:
      return [];
  }
}

function between(from: number | null, to: number): number | null {
  return from === null ? null : to - from;
}

function words(...parts: ReadonlyArray<string | null>): string[] {
  return parts.filter((part) => part !== null);
}

function named(name: string, value: string | number | null): string | null {
  return value === null ? null : `${name} ${value}`;
}

/** With its sign: that it is a gain or a loss is the news. */
function gain(value: number | null, name: string): string | null {
  return value === null ? null : `${value > 0 ? '+' : ''}${value} ${name}`;
}

/** A stretch between two hops, as wide as it is drawn. */
export interface Stretch {
  hop: Hop;
  /** Whether its latency is since the hop that stands before it; else it has to be said since which. */
  isFromLast: boolean;
  /** 0 to 1: its share of the room all stretches have together; 0 for the first hop. */
  share: number;
}

/** The least share of a stretch: a label has to fit over it. */
const share_min = 0.08;

/**
 * How wide the way to each hop is drawn. Milliseconds and hours stand side by side here, so it is by the logarithm:
 * twice as wide is not twice as long, but the longest is always the widest. What is not known gets the least room.
 */
export function stretchesOf(hops: readonly Hop[]): Stretch[] {
  const weights = hops.map(({ took_s }, i) => (i === 0 ? 0 : weightOf(took_s)));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const free = 1 - share_min * Math.max(0, hops.length - 1);
  return hops.map((hop, i) => {
    const isFromLast = hop.after === (hops[i - 1]?.kind ?? null);
    if (i === 0) return { hop, isFromLast, share: 0 };
    const share = total === 0 ? free / (hops.length - 1) : (weights[i]! / total) * free;
    return { hop, isFromLast, share: share_min + share };
  });
}

/** 0 for a millisecond or less, one more for each ten times as long. */
function weightOf(took_s: number | null): number {
  return took_s === null ? 0 : Math.max(0, Math.log10(Math.abs(took_s) * 1000));
}

/** What is wrong with a life, a line each; empty where nothing is. */
export function troublesOf(life: Lifecycle): string[] {
  const hops = hopsOf(life);
  const missing = hops.filter(({ state }) => state === 'missing').map(({ kind }) => `no ${kind}`);
  const twice = hops.filter(({ count }) => count > 1).map(({ kind, count }) => `${kind} came ${count} times`);
  const early = hops.filter(({ took_s }) => took_s !== null && took_s < 0);
  const clocks = early.map(({ kind, after }) => `${kind} before its ${after}: clocks disagree`);
  return [...missing, ...twice, ...clocks];
}
