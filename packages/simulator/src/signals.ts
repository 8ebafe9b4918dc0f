import type { Envelope } from '@bitten/schema';
import type { Account } from './accounts.js';
import type { Price } from './prices.js';
import type { Stage } from './stage.js';
import { type Desk, isWorking, type Trade } from './trades.js';

/** A signal that is followed until its target, its stop or its end. Prices in points. */
export interface Signal {
  id: string;
  price: Price;
  direction: 'BUY' | 'SELL';
  confidence: number;
  pattern: string;
  stop: number;
  target: number;
  entry: number;
  born_at: number;
  expires_at: number;
  /** Furthest the right and the wrong way, in points. */
  max_favorable: number;
  max_adverse: number;
  trades: Trade[];
  has_ended: boolean;
}

const patterns = [
  'LIQUIDITY_SWEEP_REVERSAL',
  'ORDER_BLOCK_BOUNCE',
  'FAIR_VALUE_GAP_FILL',
  'VCB_BREAKOUT',
  'SWEEP_RETURN',
  'MOMENTUM_BURST',
] as const;

/** How long a signal stands, in slots: at one event a slot, about one in ten is still open then. */
const lifetime_slots = 4_500;

/** The signal engine: finds patterns, gives signals, and follows each to its outcome. */
export class SignalEngine {
  readonly #stage: Stage;
  readonly #desk: Desk;
  readonly #accounts: readonly Account[];
  readonly #active = new Map<Price, Signal[]>();

  constructor(stage: Stage, desk: Desk, accounts: readonly Account[]) {
    this.#stage = stage;
    this.#desk = desk;
    this.#accounts = accounts;
  }

  /** Finds a pattern; the signal follows a moment later. */
  detect(price: Price): Envelope {
    const { random } = this.#stage;
    const id = this.#stage.name('SIG');
    const pattern = random.pick(patterns);
    const confidence = Math.round((62 + 33 * random.float()) * 10) / 10;
    // A confident engine is right more often, which gives its users an edge about as large as their costs.
    const isRight = random.chance(confidence / 105);
    const direction = (price.lean === 'BUY') === isRight ? 'BUY' : 'SELL';
    this.#stage.plan(random.integer(1, 4), () =>
      this.#announce({ id, price, direction, pattern, confidence }),
    );
    return this.#stage.event({
      event_type: 'pattern_detected',
      source: 'elite_guard',
      correlation_id: id,
      data: {
        pattern_type: pattern,
        symbol: price.spec.symbol,
        confidence,
        direction,
        timeframe: random.pick(['M1', 'M5', 'M15']),
      },
    });
  }

  #announce(found: Pick<Signal, 'id' | 'price' | 'direction' | 'pattern' | 'confidence'>): Envelope {
    const { random, time, rate_per_s } = this.#stage;
    const { price, direction } = found;
    const sign = direction === 'BUY' ? 1 : -1;
    const entry = direction === 'BUY' ? price.ask : price.bid;
    const stop_pips = random.integer(80, 200) / 10;
    const target_pips = Math.round(stop_pips * (1 + random.float()) * 10) / 10;
    const points = (pips: number) => Math.round(pips * price.spec.pip_points);
    const signal: Signal = {
      ...found,
      entry,
      stop: entry - sign * points(stop_pips),
      target: entry + sign * points(target_pips),
      born_at: time,
      expires_at: Math.round((time + lifetime_slots / rate_per_s) * 1e3) / 1e3,
      max_favorable: 0,
      max_adverse: 0,
      trades: [],
      has_ended: false,
    };
    this.#follow(signal);
    for (const account of random.shuffle(this.#accounts).slice(0, random.integer(0, 3))) {
      this.#desk.consider(account, signal);
    }
    return this.#stage.event({
      event_type: 'signal_generated',
      source: 'elite_guard',
      correlation_id: signal.id,
      data: {
        signal_id: signal.id,
        symbol: price.spec.symbol,
        direction,
        confidence: signal.confidence,
        pattern_type: signal.pattern,
        entry_price: price.toPrice(entry),
        stop_pips,
        target_pips,
        expires_at: signal.expires_at,
      },
    });
  }

  #follow(signal: Signal): void {
    const others = this.#active.get(signal.price);
    if (others === undefined) this.#active.set(signal.price, [signal]);
    else others.push(signal);
  }

  /** Looks at every signal of a symbol after its tick and ends those that have reached something. */
  watch(price: Price): void {
    const signals = this.#active.get(price);
    if (signals === undefined) return;
    for (const signal of signals) this.#watchOne(signal);
    if (signals.some((signal) => signal.has_ended)) {
      this.#active.set(
        price,
        signals.filter((signal) => !signal.has_ended),
      );
    }
  }

  #watchOne(signal: Signal): void {
    // An order on its way is executed first: a trade is never closed before it was opened.
    if (signal.trades.some(isWorking)) return;
    const sign = signal.direction === 'BUY' ? 1 : -1;
    // A trade is closed on the other side of the quote than it was opened on.
    const exit = signal.direction === 'BUY' ? signal.price.bid : signal.price.ask;
    const gain = sign * (exit - signal.entry);
    signal.max_favorable = Math.max(signal.max_favorable, gain);
    signal.max_adverse = Math.max(signal.max_adverse, -gain);
    if (sign * (exit - signal.target) >= 0) this.#end(signal, 'TP_HIT', signal.target);
    else if (sign * (exit - signal.stop) <= 0) this.#end(signal, 'SL_HIT', signal.stop);
    else if (this.#stage.time >= signal.expires_at) this.#end(signal, 'CLOSED', exit);
  }

  /** First the trades are closed, then the balances move, then the signal's own account is drawn. */
  #end(signal: Signal, outcome: 'TP_HIT' | 'SL_HIT' | 'CLOSED', exit: number): void {
    signal.has_ended = true;
    for (const trade of signal.trades) this.#desk.close(trade, outcome, exit);
    this.#stage.plan(0, () => (outcome === 'CLOSED' ? this.#expired(signal) : this.#outcome(signal, exit)));
  }

  #expired(signal: Signal): Envelope {
    return this.#stage.event({
      event_type: 'signal_expired',
      source: 'elite_guard',
      correlation_id: signal.id,
      data: { signal_id: signal.id },
    });
  }

  #outcome(signal: Signal, exit: number): Envelope {
    const { price, direction, entry } = signal;
    const isWin = exit === signal.target;
    return this.#stage.event({
      event_type: 'signal_outcome',
      source: 'outcome_tracker',
      correlation_id: signal.id,
      data: {
        signal_id: signal.id,
        outcome: isWin ? 'WIN' : 'LOSS',
        pips_result: price.toPips((direction === 'BUY' ? 1 : -1) * (exit - entry)),
        exit_price: price.toPrice(exit),
        tracking_duration: Math.round((this.#stage.time - signal.born_at) * 1e3) / 1e3,
        pattern: signal.pattern,
        confidence: signal.confidence,
        symbol: price.spec.symbol,
        direction,
        max_favorable: price.toPips(signal.max_favorable),
        max_adverse: price.toPips(signal.max_adverse),
        timestamp: this.#stage.time,
      },
    });
  }
}
