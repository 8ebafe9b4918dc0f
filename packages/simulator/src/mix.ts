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
  /** How many distinct events are made; default 4,000. Multiples of 20 hold the shares exactly. */
  size?: number;
  /** Unix seconds of the first event; default 2025-09-15 00:00 UTC. */
  start_time?: number;
}

/** The events benchmarks are measured with. */
export interface Mix {
  /** The next event of the pool, around and around: the same object comes again after `size` events. */
  next(): Envelope;
  /** `count` events from the beginning of the pool, around and around. */
  pool(count: number): Envelope[];
  /** How many distinct events there are. */
  readonly size: number;
  /** Mean length of their JSON in UTF-8. */
  readonly bytes_mean: number;
}

/**
 * The mix of the design's figures: 70 % ticks, 10 % signals, 5 % each of fires, trades, health and user actions.
 * All events are made here and now, so that `next` costs a benchmark no more than an array's element.
 */
export function createMix(options: MixOptions): Mix {
  const { seed, size = 4_000, start_time = 1_757_894_400 } = options;
  const random = createRandom(seed);
  const run = hashText(String(seed)).toString(36);
  const events = random.shuffle(typesOf(size)).map((type, index) => {
    const timestamp = Math.round((start_time + index / 1_000 + random.float() / 1_000) * 1e6) / 1e6;
    return makers[type]({ random, timestamp, id: `${run}-${String(index).padStart(6, '0')}` });
  });
  const bytes = events.reduce((sum, event) => sum + Buffer.byteLength(JSON.stringify(event)), 0);
  let index = 0;
  return {
    next: () => {
      const event = events[index]!;
      index = index + 1 === size ? 0 : index + 1;
      return event;
    },
    pool: (count) => Array.from({ length: count }, (_, position) => events[position % size]!),
    size,
    bytes_mean: bytes / size,
  };
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
  random: Random;
  timestamp: number;
  /** Unique in the pool. */
  id: string;
}

const makers: { readonly [Type in MixType]: (given: Given) => Envelope<EventData<Type>> } = {
  market_data: ({ random, timestamp, id }) => {
    const spec = random.pick(defaultSymbols);
    const bid = quote(random, spec);
    const ask = Number((bid + spec.spread_points / 10 ** spec.digits).toFixed(spec.digits));
    const data = {
      symbol: spec.symbol,
      bid,
      ask,
      volume: random.integer(1, 250),
      spread: pips(spec),
      timestamp,
    };
    return { event_type: 'market_data', timestamp, source: 'mt5_feed', session_id: `mt5_feed-${id}`, data };
  },
  signal_generated: ({ random, timestamp, id }) => {
    const spec = random.pick(defaultSymbols);
    const signal_id = `SIG-${id}`;
    const data = {
      signal_id,
      symbol: spec.symbol,
      direction: side(random),
      confidence: random.integer(620, 950) / 10,
      pattern_type: random.pick(['LIQUIDITY_SWEEP_REVERSAL', 'ORDER_BLOCK_BOUNCE', 'VCB_BREAKOUT']),
      entry_price: quote(random, spec),
      stop_pips: random.integer(80, 200) / 10,
      target_pips: random.integer(100, 300) / 10,
      expires_at: Math.round(timestamp) + 3_600,
    };
    return {
      event_type: 'signal_generated',
      timestamp,
      source: 'elite_guard',
      correlation_id: signal_id,
      data,
    };
  },
  fire_command: ({ random, timestamp, id }) => {
    const spec = random.pick(defaultSymbols);
    const [fire_id, user_id] = [`FIRE-${id}`, user(random)];
    const data = {
      fire_id,
      signal_id: `SIG-${id}`,
      user_id,
      symbol: spec.symbol,
      direction: side(random),
      lot_size: random.integer(1, 50) / 100,
      sl_price: quote(random, spec),
      tp_price: quote(random, spec),
      execution_mode: random.pick(['MANUAL', 'AUTO', 'SEMI_AUTO'] as const),
    };
    return {
      event_type: 'fire_command',
      timestamp,
      source: 'webapp',
      correlation_id: fire_id,
      user_id,
      data,
    };
  },
  trade_executed: ({ random, timestamp, id }) => {
    const spec = random.pick(defaultSymbols);
    const fire_id = `FIRE-${id}`;
    const data = {
      fire_id,
      ticket: random.integer(10_000_000, 99_999_999),
      symbol: spec.symbol,
      direction: side(random),
      volume: random.integer(1, 50) / 100,
      open_price: quote(random, spec),
      sl_price: quote(random, spec),
      tp_price: quote(random, spec),
      execution_time: timestamp,
    };
    return { event_type: 'trade_executed', timestamp, source: 'mt5_adapter', correlation_id: fire_id, data };
  },
  system_health: ({ random, timestamp }) => {
    const component = random.pick(['elite_guard', 'webapp', 'mt5_adapter', 'outcome_tracker']);
    const data = {
      component,
      status: 'running' as const,
      uptime: random.integer(1_000, 900_000_000) / 1_000,
      memory_usage: random.integer(600, 1_400) / 10,
      cpu_usage: random.integer(2, 180) / 10,
    };
    return { event_type: 'system_health', timestamp, source: component, data };
  },
  user_action: ({ random, timestamp, id }) => {
    const user_id = user(random);
    const data = {
      user_id,
      action: random.pick(['login', 'signal_viewed', 'fire_clicked', 'chart_opened']),
      details: { page: random.pick(['/war-room', '/signals', '/account']), signal_id: `SIG-${id}` },
      ip_address: `10.0.${random.integer(0, 3)}.${random.integer(1, 254)}`,
    };
    const session_id = `sess-${id}`;
    return { event_type: 'user_action', timestamp, source: 'webapp', user_id, session_id, data };
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
