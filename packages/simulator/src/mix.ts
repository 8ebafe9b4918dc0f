import type { Envelope, EventData } from '@bitten/schema';
import { createRandom, hashText, type Random } from './random.js';
import { defaultSymbols } from './symbols.js';

/** How many events of each type stand in a hundred of the mix. */
export const mixShares = {
  market_data: 70,
  signal_generated: 10,
  fire_command: 5,
  trade_executed: 5,
  system_health: 5,
  user_action: 5,
} as const;

type MixType = keyof typeof mixShares;

export interface MixOptions {
  seed: number | string;
  /** How many events are drawn up before they repeat but for ids and time; default 4,000, a multiple of 20. */
  size?: number;
  /** Unix seconds of the first event; default 2025-09-15 00:00 UTC. */
  start_time?: number;
}

/** The events benchmarks are measured with. */
export interface Mix {
  /** The next event: ids and time are its own, what else it says comes again after `size` events. */
  next(): Envelope;
  /** The next `count` events. */
  pool(count: number): Envelope[];
  /** Mean length of their JSON in UTF-8. */
  readonly bytes_mean: number;
}

/**
 * The mix of the design's figures: 70 % ticks, 10 % signals, 5 % each of fires, trades, health and user actions.
 *
 * Prices, users and the like are drawn up here and now, so that `next` costs a benchmark a fraction of a
 * microsecond. Ids and timestamps are made anew for each event, as they are in life: a database index meets
 * new keys at its end, not the same four thousand all over.
 */
export function createMix(options: MixOptions): Mix {
  const { seed, size = 4_000, start_time = 1_757_894_400 } = options;
  const random = createRandom(seed);
  const run = hashText(String(seed)).toString(36);
  const drafts = random.shuffle(typesOf(size)).map((type) => makers[type](random));
  let index = 0;
  const next = (): Envelope => {
    const event = drafts[index % size]!(given(index));
    index += 1;
    return event;
  };
  // One a millisecond, each at some microsecond of it.
  const given = (nth: number): Given => ({
    timestamp: Math.round((start_time + (nth + ((nth * 0.618) % 1)) / 1_000) * 1e6) / 1e6,
    id: `${run}-${String(nth).padStart(8, '0')}`,
  });
  const sample = drafts.map((draft, nth) => draft(given(nth)));
  const bytes = sample.reduce((sum, event) => sum + Buffer.byteLength(JSON.stringify(event)), 0);
  return { next, pool: (count) => Array.from({ length: count }, next), bytes_mean: bytes / size };
}

/** As many of each type as its share; what is left over by rounding becomes ticks. */
function typesOf(size: number): MixType[] {
  const types: MixType[] = [];
  for (const [type, share] of Object.entries(mixShares) as Array<[MixType, number]>) {
    for (let count = Math.floor((size * share) / 100); count > 0; count -= 1) types.push(type);
  }
  while (types.length < size) types.push('market_data');
  return types;
}

interface Given {
  timestamp: number;
  /** Unique in the run. */
  id: string;
}

/** An event without what makes it this one and no other. */
type Draft<Type extends MixType = MixType> = (given: Given) => Envelope<EventData<Type>>;

const makers: { readonly [Type in MixType]: (random: Random) => Draft<Type> } = {
  market_data: (random) => {
    const spec = random.pick(defaultSymbols);
    const bid = quote(random, spec);
    const ask = Number((bid + spec.spread_points / 10 ** spec.digits).toFixed(spec.digits));
    const { symbol } = spec;
    const [volume, spread] = [random.integer(1, 250), pips(spec)];
    return ({ timestamp }) => ({
      event_type: 'market_data',
      timestamp,
      source: 'mt5_feed',
      // What a terminal's tick has beside the rules: its time in milliseconds, and what changed.
      data: { symbol, bid, ask, volume, spread, timestamp, time_msc: Math.trunc(timestamp * 1000), flags: 6 },
    });
  },
  signal_generated: (random) => {
    const spec = random.pick(defaultSymbols);
    const fixed = {
      symbol: spec.symbol,
      direction: side(random),
      confidence: random.integer(620, 950) / 10,
      pattern_type: random.pick(['LIQUIDITY_SWEEP_REVERSAL', 'ORDER_BLOCK_BOUNCE', 'VCB_BREAKOUT']),
      entry_price: quote(random, spec),
      stop_pips: random.integer(80, 200) / 10,
      target_pips: random.integer(100, 300) / 10,
    };
    return ({ timestamp, id }) => ({
      event_type: 'signal_generated',
      timestamp,
      source: 'elite_guard',
      correlation_id: `SIG-${id}`,
      data: { signal_id: `SIG-${id}`, ...fixed, expires_at: Math.round(timestamp) + 3_600 },
    });
  },
  fire_command: (random) => {
    const spec = random.pick(defaultSymbols);
    const user_id = user(random);
    const fixed = {
      user_id,
      symbol: spec.symbol,
      direction: side(random),
      lot_size: random.integer(1, 50) / 100,
      sl_price: quote(random, spec),
      tp_price: quote(random, spec),
      execution_mode: random.pick(['MANUAL', 'AUTO', 'SEMI_AUTO'] as const),
    };
    return ({ timestamp, id }) => ({
      event_type: 'fire_command',
      timestamp,
      source: 'webapp',
      correlation_id: `FIRE-${id}`,
      user_id,
      data: { fire_id: `FIRE-${id}`, signal_id: `SIG-${id}`, ...fixed },
    });
  },
  trade_executed: (random) => {
    const spec = random.pick(defaultSymbols);
    const fixed = {
      ticket: random.integer(10_000_000, 99_999_999),
      symbol: spec.symbol,
      direction: side(random),
      volume: random.integer(1, 50) / 100,
      open_price: quote(random, spec),
      sl_price: quote(random, spec),
      tp_price: quote(random, spec),
    };
    return ({ timestamp, id }) => ({
      event_type: 'trade_executed',
      timestamp,
      source: 'mt5_adapter',
      correlation_id: `FIRE-${id}`,
      data: { fire_id: `FIRE-${id}`, ...fixed, execution_time: timestamp },
    });
  },
  system_health: (random) => {
    const component = random.pick(['elite_guard', 'webapp', 'mt5_adapter', 'outcome_tracker']);
    const data = {
      component,
      status: 'running' as const,
      uptime: random.integer(1_000, 900_000_000) / 1_000,
      memory_usage: random.integer(600, 1_400) / 10,
      cpu_usage: random.integer(2, 180) / 10,
    };
    return ({ timestamp }) => ({ event_type: 'system_health', timestamp, source: component, data });
  },
  user_action: (random) => {
    const user_id = user(random);
    const action = random.pick(['login', 'signal_viewed', 'fire_clicked', 'chart_opened']);
    const page = random.pick(['/war-room', '/signals', '/account']);
    const ip_address = `10.0.${random.integer(0, 3)}.${random.integer(1, 254)}`;
    const session_id = `sess-${random.integer(100_000, 999_999)}`;
    return ({ timestamp, id }) => ({
      event_type: 'user_action',
      timestamp,
      source: 'webapp',
      user_id,
      session_id,
      data: { user_id, action, details: { page, signal_id: `SIG-${id}` }, ip_address },
    });
  },
};

function quote(random: Random, spec: { anchor: number; digits: number }): number {
  return Number((spec.anchor * (0.99 + 0.02 * random.float())).toFixed(spec.digits));
}

/** The usual spread of a symbol: a field beside the rules, as feeds send them. */
function pips(spec: { spread_points: number; pip_points: number }): number {
  return spec.spread_points / spec.pip_points;
}

function side(random: Random): 'BUY' | 'SELL' {
  return random.chance(0.5) ? 'BUY' : 'SELL';
}

function user(random: Random): string {
  return `user_${String(random.integer(1, 500)).padStart(3, '0')}`;
}
