import type { StoredEvent } from '../types.js';
import { type FireHop, type Hop, hopOf, type SignalHop } from './life.js';
import type { HopName, Lifecycle, LifecycleQuery, LifecycleState, PatternStats } from './lifecycle.js';
import { lifecycleStates } from './lifecycle.js';

type SignalEvent = Hop & { of: 'signal' };
type FireEvent = Hop & { of: 'fire' };

interface Signal {
  id: string;
  events: SignalEvent[];
  fires: Fire[];
  /** The first event that names it, be it of a fire. */
  first: number;
}

interface Fire {
  id: string;
  events: FireEvent[];
  signal: Signal | null;
}

/** The lives of all events of a store in memory, told anew from the events each time they are asked for. */
export class MemoryLives {
  readonly #signals = new Map<string, Signal>();
  readonly #fires = new Map<string, Fire>();
  readonly #createdAt: ReadonlyMap<number, number>;

  constructor(events: readonly StoredEvent[]) {
    this.#createdAt = new Map(events.map(({ id, created_at }) => [id, created_at]));
    for (const event of events) {
      const hop = hopOf(event, event.id, event.timestamp);
      if (hop?.of === 'signal') this.#signal(hop.signal_id, hop.seq).events.push(hop);
      else if (hop?.of === 'fire') this.#addToFire(hop);
    }
  }

  select({ id, state, since = 0, before, limit }: LifecycleQuery & { limit: number }): Lifecycle[] {
    const first = before ?? Number.POSITIVE_INFINITY;
    const asked = (life: Lifecycle) => {
      if (id !== undefined) return life.fire_id === id || (life.signal_id === id && !this.#fires.has(id));
      return isOf(life, state) && life.first_seq < first && this.#createdAt.get(life.first_seq)! >= since;
    };
    return this.all()
      .filter(asked)
      .sort((a, b) => b.first_seq - a.first_seq)
      .slice(0, limit);
  }

  all(): Lifecycle[] {
    const fired = [...this.#fires.values()].map((fire) => rowOf(fire.signal, fire));
    const unfired = [...this.#signals.values()].filter(({ fires }) => fires.length === 0);
    return [...fired, ...unfired.map((signal) => rowOf(signal, null))];
  }

  slowest(hop: HopName, limit: number): Lifecycle[] {
    return this.all()
      .filter((life) => life.fire_id !== null && life[hop] !== null)
      .sort((a, b) => b[hop]! - a[hop]! || b.first_seq - a.first_seq)
      .slice(0, limit);
  }

  counts(): Record<LifecycleState | 'all', number> {
    const lives = this.all();
    const counted = lifecycleStates.map((state) => [state, lives.filter((life) => isOf(life, state)).length]);
    return { all: lives.length, ...Object.fromEntries(counted) } as Record<LifecycleState | 'all', number>;
  }

  patterns(): PatternStats[] {
    const names = new Set<string | null>([null, ...[...this.#signals.values()].map(patternOf)]);
    const stats = [...names].map((pattern) => {
      const signals = [...this.#signals.values()].filter((signal) => patternOf(signal) === pattern);
      const lives = [...this.#fires.values()]
        .filter(({ signal }) => (signal === null ? null : patternOf(signal)) === pattern)
        .map((fire) => rowOf(fire.signal, fire));
      return statsOf(pattern, signals, lives);
    });
    return stats
      .filter(({ pattern: _, ...counts }) => Object.values(counts).some((count) => count))
      .sort((a, b) => b.signals - a.signals || ((a.pattern ?? '') < (b.pattern ?? '') ? -1 : 1));
  }

  #signal(id: string, seq: number): Signal {
    const signal = this.#signals.get(id) ?? { id, events: [], fires: [], first: seq };
    this.#signals.set(id, signal);
    return signal;
  }

  #addToFire(hop: FireEvent): void {
    const fire = this.#fires.get(hop.fire_id) ?? { id: hop.fire_id, events: [], signal: null };
    this.#fires.set(hop.fire_id, fire);
    fire.events.push(hop);
    if (fire.signal !== null || hop.signal_id === null) return;
    fire.signal = this.#signal(hop.signal_id, hop.seq);
    fire.signal.fires.push(fire);
  }
}

/** What the first event that says it says. */
function said<Said extends object, Name extends keyof Said>(
  events: ReadonlyArray<{ said: Said }>,
  name: Name,
) {
  return events.find((event) => event.said[name] !== null)?.said[name] ?? null;
}

function patternOf(signal: Signal): string | null {
  return said(signal.events, 'pattern');
}

function rowOf(signal: Signal | null, fire: Fire | null): Lifecycle {
  const [ofSignal, ofFire] = [signal?.events ?? [], fire?.events ?? []];
  const hopsOfSignal = (hop: SignalHop) => ofSignal.filter((event) => event.hop === hop);
  const hopsOfFire = (hop: FireHop) => ofFire.filter((event) => event.hop === hop);
  const [generated, expired, tracked] = [
    hopsOfSignal('generated'),
    hopsOfSignal('expired'),
    hopsOfSignal('outcome'),
  ];
  const [fired, executed] = [hopsOfFire('fired'), hopsOfFire('executed')];
  const [confirmed, closed] = [hopsOfFire('confirmed'), hopsOfFire('outcome')];
  const at = (events: readonly Hop[]) => events[0]?.at ?? null;
  const seq = (events: readonly Hop[]) => events[0]?.seq ?? null;
  const between = (from: readonly Hop[], to: readonly Hop[]) =>
    from[0] === undefined || to[0] === undefined ? null : to[0].at - from[0].at;
  const missing = [
    generated.length === 0 ? 'signal' : null,
    fire !== null && fired.length === 0 ? 'fire' : null,
    executed.length === 0 && confirmed.length + closed.length > 0 ? 'execution' : null,
    confirmed.length === 0 && closed.length > 0 ? 'confirmation' : null,
  ].filter((hop) => hop !== null);
  return {
    signal_id: signal?.id ?? null,
    fire_id: fire?.id ?? null,
    state: stateOf(ofSignal, fire === null ? null : ofFire),
    missing: missing.length === 0 ? null : missing.join(','),
    pattern: signal === null ? null : patternOf(signal),
    symbol: said(ofFire, 'symbol') ?? said(ofSignal, 'symbol'),
    direction: said(ofFire, 'direction') ?? said(ofSignal, 'direction'),
    confidence: said(ofSignal, 'confidence'),
    user_id: said(ofFire, 'user_id'),
    ticket: said(ofFire, 'ticket'),
    signal_at: at(generated),
    fired_at: at(fired),
    executed_at: at(executed),
    confirmed_at: at(confirmed),
    outcome_at: at(closed),
    expired_at: at(expired),
    signal_outcome_at: at(tracked),
    to_fire_s: between(generated, fired),
    to_execute_s: between(fired, executed),
    to_confirm_s: between(executed, confirmed),
    to_outcome_s: between(executed, closed),
    outcome: closed[0]?.said.outcome ?? null,
    won: closed[0]?.said.won ?? null,
    profit: closed[0]?.said.profit ?? null,
    pips: closed[0]?.said.pips ?? null,
    signal_outcome: tracked[0]?.said.outcome ?? null,
    signal_won: tracked[0]?.said.won ?? null,
    signal_pips: tracked[0]?.said.pips ?? null,
    signal_count: generated.length,
    fired_count: fired.length,
    executed_count: executed.length,
    confirmed_count: confirmed.length,
    outcome_count: closed.length,
    expired_count: expired.length,
    signal_outcome_count: tracked.length,
    signal_seq: seq(generated),
    fired_seq: seq(fired),
    executed_seq: seq(executed),
    confirmed_seq: seq(confirmed),
    outcome_seq: seq(closed),
    expired_seq: seq(expired),
    signal_outcome_seq: seq(tracked),
    first_seq: fire === null ? signal!.first : fire.events[0]!.seq,
  };
}

/** How far it has come. */
function stateOf(ofSignal: readonly SignalEvent[], ofFire: readonly FireEvent[] | null): Lifecycle['state'] {
  const isExpired = ofSignal.some(({ hop }) => hop === 'expired');
  if (ofFire === null) {
    if (ofSignal.some(({ hop }) => hop === 'outcome')) return 'closed';
    return isExpired ? 'expired' : 'signalled';
  }
  const hops = new Set(ofFire.map(({ hop }) => hop));
  if (hops.has('outcome')) return 'closed';
  if (hops.has('confirmed')) return 'confirmed';
  if (hops.has('executed')) return 'executed';
  return isExpired ? 'expired' : 'fired';
}

function isOf(life: Lifecycle, state: LifecycleQuery['state']): boolean {
  const isFire = life.fire_id !== null;
  switch (state) {
    case undefined:
      return true;
    case 'open':
      return isFire ? life.outcome_seq === null : life.state === 'signalled';
    case 'never-executed':
      return life.fired_seq !== null && life.executed_seq === null;
    case 'orphans':
      return life.signal_seq === null || (isFire && life.fired_seq === null);
    case 'duplicates':
      return Object.entries(life).some(([name, value]) => name.endsWith('_count') && (value as number) > 1);
    case 'expired':
      if (life.expired_seq === null) return false;
      return life.executed_seq === null || life.executed_seq > life.expired_seq;
  }
}

function statsOf(pattern: string | null, signals: Signal[], lives: Lifecycle[]): PatternStats {
  const outcomes = signals.map(
    (signal) => signal.events.find(({ hop }) => hop === 'outcome')?.said.won ?? null,
  );
  const count = <Item>(items: readonly Item[], is: (item: Item) => boolean) => items.filter(is).length;
  const [wins, losses] = [count(outcomes, (won) => won === 1), count(outcomes, (won) => won === 0)];
  const tradeWins = count(lives, ({ won }) => won === 1);
  const tradeLosses = count(lives, ({ won }) => won === 0);
  return {
    pattern,
    signals: count(signals, ({ events }) => events.some(({ hop }) => hop === 'generated')),
    fired: count(signals, ({ fires }) => fires.length > 0),
    fires: count(lives, ({ fired_seq }) => fired_seq !== null),
    executed: count(lives, ({ executed_seq }) => executed_seq !== null),
    confirmed: count(lives, ({ confirmed_seq }) => confirmed_seq !== null),
    closed: count(lives, ({ outcome_seq }) => outcome_seq !== null),
    wins,
    losses,
    win_rate: rate(wins, losses),
    trade_wins: tradeWins,
    trade_losses: tradeLosses,
    trade_win_rate: rate(tradeWins, tradeLosses),
    to_fire_s: mean(lives.map(({ to_fire_s }) => to_fire_s)),
    to_execute_s: mean(lives.map(({ to_execute_s }) => to_execute_s)),
    to_confirm_s: mean(lives.map(({ to_confirm_s }) => to_confirm_s)),
    to_outcome_s: mean(lives.map(({ to_outcome_s }) => to_outcome_s)),
  };
}

function rate(wins: number, losses: number): number | null {
  return wins + losses === 0 ? null : wins / (wins + losses);
}

function mean(latencies: ReadonlyArray<number | null>): number | null {
  const known = latencies
    .filter((latency) => latency !== null)
    .map((latency_s) => Math.round(latency_s * 1e6));
  return known.length === 0
    ? null
    : known.reduce((sum, latency_us) => sum + latency_us, 0) / 1e6 / known.length;
}
