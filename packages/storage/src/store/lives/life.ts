import type { Envelope } from '@bitten/schema';
import { number, text } from '../columns.js';

/** What is known of a signal: by which event first, and how often it was said. */
export interface SignalLife {
  /** The seq of the first event that named it, which is its key. */
  no: number;
  signal_id: string;
  pattern_id: number;
  symbol: string | null;
  direction: string | null;
  confidence: number | null;
  generated_seq: number | null;
  /** Unix seconds, by the event itself; so are the others. */
  generated_at: number | null;
  generated_count: number;
  expired_seq: number | null;
  expired_at: number | null;
  expired_count: number;
  outcome_seq: number | null;
  outcome_at: number | null;
  outcome_count: number;
  outcome: string | null;
  /** 1 where it won, 0 where it lost, null where that is not known or neither. */
  won: number | null;
  pips: number | null;
  /** How many fires name it. */
  fires: number;
  last_seq: number;
}

/** What is known of a fire. */
export interface FireLife {
  /** The seq of the first event that named it, which is its key. */
  no: number;
  fire_id: string;
  /** The `no` of its signal; null where no event of it names one. */
  signal_no: number | null;
  /** Of its signal, so that what is asked and counted is known from the fire alone. */
  pattern_id: number;
  signal_at: number | null;
  signal_expired_seq: number | null;
  /** 1 where a hop of the signal itself came more than once. */
  signal_repeated: number;
  user_id: string | null;
  symbol: string | null;
  direction: string | null;
  ticket: number | null;
  fired_seq: number | null;
  fired_at: number | null;
  fired_count: number;
  executed_seq: number | null;
  executed_at: number | null;
  executed_count: number;
  confirmed_seq: number | null;
  confirmed_at: number | null;
  confirmed_count: number;
  outcome_seq: number | null;
  outcome_at: number | null;
  outcome_count: number;
  outcome: string | null;
  won: number | null;
  profit: number | null;
  pips: number | null;
  last_seq: number;
}

export type SignalHop = 'generated' | 'expired' | 'outcome';
export type FireHop = 'fired' | 'executed' | 'confirmed' | 'outcome';

/** One event of a life: which hop it is, and what it says. */
export type Hop = { seq: number; at: number } & (
  | { of: 'signal'; hop: SignalHop; signal_id: string; said: SignalSaid }
  | { of: 'fire'; hop: FireHop; fire_id: string; signal_id: string | null; said: FireSaid }
);

type SignalSaid = Pick<SignalLife, 'symbol' | 'direction' | 'confidence' | 'outcome' | 'won' | 'pips'> & {
  pattern: string | null;
};
type FireSaid = Pick<
  FireLife,
  'user_id' | 'symbol' | 'direction' | 'ticket' | 'outcome' | 'won' | 'profit' | 'pips'
>;

const signalHops: Readonly<Record<string, SignalHop>> = {
  signal_generated: 'generated',
  signal_expired: 'expired',
  signal_outcome: 'outcome',
};
const fireHops: Readonly<Record<string, FireHop>> = {
  fire_command: 'fired',
  trade_executed: 'executed',
  trade_confirmed: 'confirmed',
  trade_outcome: 'outcome',
};

/** The types of events that are part of a life. */
export const lifeTypes: readonly string[] = [...Object.keys(signalHops), ...Object.keys(fireHops)];

/** Reads an event as a hop; null where it names nothing that has a life. */
export function hopOf({ event_type, data, user_id }: Envelope, seq: number, at: number): Hop | null {
  if (typeof data !== 'object' || data === null) return null;
  const signal_id = nameIn(data.signal_id);
  const signalHop = signalHops[event_type];
  if (signalHop !== undefined) {
    if (signal_id === null) return null;
    return { of: 'signal', hop: signalHop, seq, at, signal_id, said: signalSaid(signalHop, data) };
  }
  const hop = fireHops[event_type];
  const fire_id = nameIn(data.fire_id);
  if (hop === undefined || fire_id === null) return null;
  const said = fireSaid(hop, data);
  said.user_id = words(data.user_id) ?? words(user_id);
  return { of: 'fire', hop, seq, at, fire_id, signal_id, said };
}

type Data = Record<string, unknown>;

function signalSaid(hop: SignalHop, data: Data): SignalSaid {
  const outcome = hop === 'outcome' ? words(data.outcome) : null;
  return {
    pattern: nameIn(data.pattern_type) ?? nameIn(data.pattern),
    symbol: words(data.symbol),
    direction: words(data.direction),
    confidence: number(data.confidence),
    outcome,
    won: outcome === null ? null : wonBy(outcome, null),
    pips: hop === 'outcome' ? number(data.pips_result ?? data.pips) : null,
  };
}

function fireSaid(hop: FireHop, data: Data): FireSaid {
  const isOutcome = hop === 'outcome';
  const outcome = isOutcome ? (words(data.outcome) ?? words(data.status)) : null;
  const profit = isOutcome ? number(data.profit) : null;
  const pips = isOutcome ? number(data.pips) : null;
  return {
    user_id: null,
    symbol: words(data.symbol),
    direction: words(data.direction),
    ticket: number(data.ticket),
    outcome,
    won: isOutcome ? wonBy(outcome, profit ?? pips) : null,
    profit,
    pips,
  };
}

const wins = new Set(['WIN', 'TP_HIT']);
const losses = new Set(['LOSS', 'SL_HIT']);

/** What the outcome says by its name, else what it brought; nothing for an even one. */
function wonBy(outcome: string | null, gain: number | null): number | null {
  if (outcome !== null && wins.has(outcome)) return 1;
  if (outcome !== null && losses.has(outcome)) return 0;
  if (gain === null || gain === 0) return null;
  return gain > 0 ? 1 : 0;
}

const halfPairs = /\p{Surrogate}/gu;

/** Half of a surrogate pair can stand in JSON, as an escape. A database gives it back as something else. */
function words(value: unknown): string | null {
  return text(value)?.replace(halfPairs, '\ufffd') ?? null;
}

function nameIn(value: unknown): string | null {
  const name = words(value);
  return name === '' ? null : name;
}

/**
 * Adds what an event says. The first of each hop counts, and of each attribute the first event that names it:
 * what was said once stands, and what comes again is only counted.
 */
export function addToSignal(life: SignalLife, { hop, seq, at, said }: Hop & { of: 'signal' }): void {
  life.last_seq = seq;
  life[`${hop}_count`] += 1;
  life.symbol ??= said.symbol;
  life.direction ??= said.direction;
  life.confidence ??= said.confidence;
  if (life[`${hop}_seq`] !== null) return;
  life[`${hop}_seq`] = seq;
  life[`${hop}_at`] = at;
  if (hop === 'outcome') Object.assign(life, { outcome: said.outcome, won: said.won, pips: said.pips });
}

/** The same for a fire. */
export function addToFire(life: FireLife, { hop, seq, at, said }: Hop & { of: 'fire' }): void {
  life.last_seq = seq;
  life[`${hop}_count`] += 1;
  life.user_id ??= said.user_id;
  life.symbol ??= said.symbol;
  life.direction ??= said.direction;
  life.ticket ??= said.ticket;
  if (life[`${hop}_seq`] !== null) return;
  life[`${hop}_seq`] = seq;
  life[`${hop}_at`] = at;
  if (hop !== 'outcome') return;
  const { outcome, won, profit, pips } = said;
  Object.assign(life, { outcome, won, profit, pips });
}

/** What is asked of fires by what their signal was, they know themselves. */
export function tellFire(fire: FireLife, signal: SignalLife): void {
  fire.pattern_id = signal.pattern_id;
  fire.signal_at = signal.generated_at;
  fire.signal_expired_seq = signal.expired_seq;
  fire.signal_repeated = isRepeated(signal) ? 1 : 0;
}

/** Changes when, and only when, there is something to tell the fires of a signal. */
export function knownToFires(signal: SignalLife): string {
  const { pattern_id, generated_seq, expired_seq } = signal;
  return `${pattern_id} ${generated_seq} ${expired_seq} ${isRepeated(signal)}`;
}

function isRepeated({ generated_count, expired_count, outcome_count }: SignalLife): boolean {
  return Math.max(generated_count, expired_count, outcome_count) > 1;
}

export function newSignal(no: number, signal_id: string): SignalLife {
  return {
    no,
    signal_id,
    pattern_id: 0,
    symbol: null,
    direction: null,
    confidence: null,
    generated_seq: null,
    generated_at: null,
    generated_count: 0,
    expired_seq: null,
    expired_at: null,
    expired_count: 0,
    outcome_seq: null,
    outcome_at: null,
    outcome_count: 0,
    outcome: null,
    won: null,
    pips: null,
    fires: 0,
    last_seq: no,
  };
}

export function newFire(no: number, fire_id: string): FireLife {
  return {
    no,
    fire_id,
    signal_no: null,
    pattern_id: 0,
    signal_at: null,
    signal_expired_seq: null,
    signal_repeated: 0,
    user_id: null,
    symbol: null,
    direction: null,
    ticket: null,
    fired_seq: null,
    fired_at: null,
    fired_count: 0,
    executed_seq: null,
    executed_at: null,
    executed_count: 0,
    confirmed_seq: null,
    confirmed_at: null,
    confirmed_count: 0,
    outcome_seq: null,
    outcome_at: null,
    outcome_count: 0,
    outcome: null,
    won: null,
    profit: null,
    pips: null,
    last_seq: no,
  };
}
