import type { Envelope } from '@bitten/schema';
import { Account } from './accounts.js';
import { Health } from './health.js';
import { Price } from './prices.js';
import { hashText } from './random.js';
import { type RunOptions, runAtRate } from './run.js';
import { SignalEngine } from './signals.js';
import { Stage } from './stage.js';
import { defaultSymbols, type SymbolSpec } from './symbols.js';
import { Desk } from './trades.js';

export interface MarketOptions {
  /** The same seed gives the same stream, event for event. */
  seed: number | string;
  /** Stands in every id; give each run its own where several go into one log. Default: made from the seed. */
  run?: string;
  /** Unix seconds of the first event; default 2025-09-15 00:00 UTC. */
  start_time?: number;
  /** Events a second of simulated time; default 50. */
  rate_per_s?: number;
  /** Default: six. */
  symbols?: readonly SymbolSpec[];
  /** How many users trade; default 8. */
  users?: number;
}

/** A market whose events belong together. */
export interface Market {
  /** In every id of this run. */
  readonly run_id: string;
  /** The next event; the simulated clock moves on by 1 / rate. Timestamps never go back. */
  next(): Envelope;
  /**
   * Publishes on the wall clock until `signal` aborts or `count` is reached, and resolves with how many were
   * published. Sets the market's rate.
   */
  run(options: RunOptions): Promise<number>;
}

/** Of a hundred slots without anything planned, how many bring a new signal, and how many a user's action. */
const signal_share = 0.013;
const action_share = 0.03;

/**
 * A seeded market: mostly ticks; patterns that become signals; users who fire on some of them; the broker's
 * answers; outcomes decided by where the simulated price goes; balances that follow from the outcomes; and the
 * components' heartbeats. Every event is valid by `@bitten/schema`.
 */
export function createMarket(options: MarketOptions): Market {
  const {
    seed,
    run,
    start_time = 1_757_894_400,
    rate_per_s = 50,
    symbols = defaultSymbols,
    users = 8,
  } = options;
  const stage = new Stage({ seed, run, start_time, rate_per_s });
  const prices = symbols.map((spec) => new Price(spec));
  const accounts = Array.from({ length: users }, (_, index) => new Account(index, stage.run, stage.random));
  const desk = new Desk(stage, ((hashText(stage.run) % 9_000) + 1_000) * 1_000_000);
  const engine = new SignalEngine(stage, desk, accounts);
  new Health(stage).start();

  const improvise = () => {
    const { random } = stage;
    if (random.chance(signal_share)) return engine.detect(random.pick(prices));
    if (accounts.length > 0 && random.chance(action_share)) return browse(stage, random.pick(accounts));
    return tick(stage, engine, random.pick(prices));
  };
  const next = () => {
    stage.advance();
    for (let act = stage.due(); act !== undefined; act = stage.due()) {
      const event = act();
      if (event !== undefined) return event;
    }
    return improvise();
  };
  return {
    run_id: stage.run,
    next,
    run: (runOptions) => {
      stage.rate_per_s = runOptions.rate_per_s;
      return runAtRate(next, runOptions);
    },
  };
}

function tick(stage: Stage, engine: SignalEngine, price: Price): Envelope {
  price.step(stage.random);
  engine.watch(price);
  return stage.event({
    event_type: 'market_data',
    source: 'mt5_feed',
    data: {
      symbol: price.spec.symbol,
      bid: price.toPrice(price.bid),
      ask: price.toPrice(price.ask),
      volume: stage.random.integer(1, 250),
      timestamp: stage.time,
    },
  });
}

const actions = [
  'login',
  'signal_viewed',
  'chart_opened',
  'settings_changed',
  'history_viewed',
  'logout',
] as const;

function browse(stage: Stage, account: Account): Envelope {
  const { random } = stage;
  const { user_id, session_id } = account;
  return stage.event({
    event_type: 'user_action',
    source: 'webapp',
    user_id,
    session_id,
    data: {
      user_id,
      action: random.pick(actions),
      details: { page: random.pick(['/war-room', '/signals', '/account', '/history']) },
      ip_address: `10.0.${random.integer(0, 3)}.${random.integer(1, 254)}`,
    },
  });
}
