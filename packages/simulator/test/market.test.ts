import { checkEvent, createStandardCatalogue, decodeEvent, type Envelope } from '@bitten/schema';
import { describe, expect, it } from 'vitest';
import { createMarket, type MarketOptions } from '../src/market.js';
import { defaultSymbols } from '../src/symbols.js';

const catalogue = createStandardCatalogue();

function take(count: number, options: Partial<MarketOptions> = {}): Envelope[] {
  const market = createMarket({ seed: 7, ...options });
  return Array.from({ length: count }, () => market.next());
}

function ofType(events: readonly Envelope[], type: string): Envelope[] {
  return events.filter((event) => event.event_type === type);
}

/** The events of each correlation id, in order. */
function chains(events: readonly Envelope[], prefix: string): Map<string, Envelope[]> {
  const byId = new Map<string, Envelope[]>();
  for (const event of events) {
    const id = event.correlation_id;
    if (!id?.startsWith(prefix)) continue;
    byId.set(id, [...(byId.get(id) ?? []), event]);
  }
  return byId;
}

const long = take(60_000);

describe('createMarket', () => {
  it('emits only events that are valid, and that survive their JSON', () => {
    expect(long.flatMap((event) => checkEvent(event, catalogue))).toEqual([]);
    const survivors = long.filter((event) => {
      const text = JSON.stringify(event);
      const decoded = decodeEvent(text, catalogue);
      return decoded.ok && JSON.stringify(decoded.event) === text;
    });
    expect(survivors).toHaveLength(long.length);
  });

  it('gives the same stream for the same seed, and another for another', () => {
    expect(take(5_000)).toEqual(take(5_000));
    expect(take(50, { seed: 8 })).not.toEqual(take(50));
  });

  it('puts the run into every id, so that two runs never share one', () => {
    const ids = (run: string) =>
      new Set(take(5_000, { run }).flatMap((event) => [event.correlation_id, event.data.ticket]));
    const [one, other] = [ids('monday'), ids('tuesday')];
    expect(one.size).toBeGreaterThan(50);
    expect([...one].filter((id) => id !== undefined && other.has(id))).toEqual([]);
  });

  it('goes by the clock: one event each 1 / rate, never backwards', () => {
    const events = take(1_001, { start_time: 1_000, rate_per_s: 100 });
    expect(events.at(-1)!.timestamp - events[0]!.timestamp).toBeCloseTo(10, 5);
    expect(
      events.every((event, index) => index === 0 || event.timestamp >= events[index - 1]!.timestamp),
    ).toBe(true);
  });

  it.each([5, 50, 1_000])(
    'is mostly ticks and has everything else as well at %d events a second',
    (rate_per_s) => {
      const events = take(40_000, { rate_per_s });
      const share = (type: string) => ofType(events, type).length / events.length;
      expect(share('market_data')).toBeGreaterThan(0.7);
      expect(share('market_data')).toBeLessThan(0.9);
      for (const type of catalogueTypes) expect(share(type), type).toBeGreaterThan(0.001);
    },
  );

  it('quotes every ask above its bid, with the decimals of its symbol', () => {
    const isWrong = ({ data }: Envelope) =>
      (data.ask as number) <= (data.bid as number) || (String(data.bid).split('.')[1] ?? '').length > 5;
    expect(ofType(long, 'market_data').filter(isWrong)).toEqual([]);
  });
});

const catalogueTypes = [
  'pattern_detected',
  'signal_generated',
  'fire_command',
  'trade_executed',
  'trade_confirmed',
  'trade_outcome',
  'signal_outcome',
  'signal_expired',
  'balance_update',
  'system_health',
  'user_action',
];

describe('a signal', () => {
  const ended = [...chains(long, 'SIG-').values()].filter((chain) => chain.length > 2);

  it('is a pattern, then a signal, then exactly one end', () => {
    expect(ended.length).toBeGreaterThan(100);
    for (const chain of ended) {
      const types = chain.map((event) => event.event_type);
      expect(types.slice(0, 2)).toEqual(['pattern_detected', 'signal_generated']);
      expect(types).toHaveLength(3);
      expect(['signal_outcome', 'signal_expired']).toContain(types[2]);
    }
  });

  it('wins at its target and loses at its stop, by the pips it had announced', () => {
    for (const [, generated, end] of ended) {
      if (end!.event_type !== 'signal_outcome') continue;
      const { stop_pips, target_pips } = generated!.data as { stop_pips: number; target_pips: number };
      expect(end!.data.pips_result).toBe(end!.data.outcome === 'WIN' ? target_pips : -stop_pips);
    }
  });

  it('has an outcome only where a quote really reached it, and expires only after its time', () => {
    const ticks = ofType(long, 'market_data');
    for (const [, generated, end] of ended.slice(0, 60)) {
      const { symbol, direction, expires_at } = generated!.data;
      if (end!.event_type === 'signal_expired') {
        expect(end!.timestamp).toBeGreaterThanOrEqual(expires_at as number);
        continue;
      }
      const exit = end!.data.exit_price as number;
      const [isBuy, isWin] = [direction === 'BUY', end!.data.outcome === 'WIN'];
      const reached = ticks.some(({ timestamp, data }) => {
        if (data.symbol !== symbol || timestamp < generated!.timestamp || timestamp > end!.timestamp)
          return false;
        const quote = (isBuy ? data.bid : data.ask) as number;
        return isBuy === isWin ? quote >= exit : quote <= exit;
      });
      expect(reached).toBe(true);
    }
  });
});

describe('a trade', () => {
  const byFire = chains(long, 'FIRE-');
  const closed = [...byFire.values()].filter((chain) => chain.length === 5);
  const signals = new Map(ofType(long, 'signal_generated').map((event) => [event.data.signal_id, event]));

  it('goes from the fire to the balance, step by step, later each time', () => {
    expect(closed.length).toBeGreaterThan(200);
    for (const chain of byFire.values()) {
      const steps = ['fire_command', 'trade_executed', 'trade_confirmed', 'trade_outcome', 'balance_update'];
      expect(chain.map((event) => event.event_type)).toEqual(steps.slice(0, chain.length));
      for (const [index, event] of chain.slice(1).entries()) {
        expect(event.timestamp).toBeGreaterThan(chain[index]!.timestamp);
      }
    }
  });

  it('is never closed before it was confirmed, however fast the price moves', () => {
    // With one symbol every tick is its own: many orders are still on their way when the price gets there.
    const busy = take(60_000, { symbols: defaultSymbols.slice(0, 1), users: 40 });
    for (const chain of chains(busy, 'FIRE-').values()) {
      expect(chain.slice(0, 3).map((event) => event.event_type)).toEqual(
        ['fire_command', 'trade_executed', 'trade_confirmed'].slice(0, chain.length),
      );
    }
  });

  it('is fired on a signal that was given before and has not ended', () => {
    const ends = new Map(
      long
        .filter((event) => event.event_type === 'signal_outcome' || event.event_type === 'signal_expired')
        .map((event) => [event.data.signal_id, event.timestamp]),
    );
    for (const [fire] of byFire.values()) {
      const signal = signals.get(fire!.data.signal_id);
      expect(signal!.timestamp).toBeLessThan(fire!.timestamp);
      expect(signal!.data).toMatchObject({ symbol: fire!.data.symbol, direction: fire!.data.direction });
      expect(ends.get(fire!.data.signal_id) ?? Number.POSITIVE_INFINITY).toBeGreaterThan(fire!.timestamp);
    }
  });

  it('says how long the broker took: from the fire to the execution', () => {
    for (const [fire, executed] of closed) {
      const elapsed_ms = (executed!.timestamp - fire!.timestamp) * 1_000;
      expect(executed!.data.latency_ms as number).toBeCloseTo(elapsed_ms, 2);
    }
  });

  it('pays what its pips and its volume come to', () => {
    for (const [, executed, , outcome] of closed) {
      const { pips, profit } = outcome!.data as { pips: number; profit: number };
      expect(profit).toBeCloseTo(pips * (executed!.data.volume as number) * 10, 2);
      expect(Math.sign(profit)).toBe(Math.sign(Math.round(pips * (executed!.data.volume as number) * 1000)));
    }
  });
});

describe('a balance', () => {
  it('moves by the profits of the trades closed, and by nothing else', () => {
    const balances = new Map<string, number>();
    const profits = new Map<string, number>();
    let compared = 0;
    for (const event of long) {
      const user = event.user_id ?? '';
      if (event.event_type === 'trade_outcome') {
        profits.set(user, (profits.get(user) ?? 0) + (event.data.profit as number));
      } else if (event.event_type === 'balance_update') {
        const balance = event.data.balance as number;
        const before = balances.get(user);
        if (before !== undefined) {
          expect(balance).toBeCloseTo(before + (profits.get(user) ?? 0), 2);
          compared += 1;
        }
        balances.set(user, balance);
        profits.set(user, 0);
      }
    }
    expect(compared).toBeGreaterThan(200);
  });

  it('never lacks what it has promised', () => {
    for (const { data } of ofType(long, 'balance_update')) {
      const { equity, margin, free_margin } = data as { equity: number; margin: number; free_margin: number };
      expect(free_margin).toBeGreaterThanOrEqual(0);
      expect(margin + free_margin).toBeCloseTo(equity, 2);
    }
  });
});
