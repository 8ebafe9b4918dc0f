import { describe, expect, it } from 'vitest';
import { awaitedOf, hopsOf, stretchesOf, troublesOf } from '../../web/pages/lifecycle/journey.js';
import { closed, executed, fired, life, signalled } from './lives.js';

describe('the hops of a life', () => {
  it('stand in the order they should come, each with the time since the one it answers', () => {
    const hops = hopsOf(life({ ...signalled, ...fired, ...executed, ...closed }));
    expect(hops.map(({ kind }) => kind)).toEqual(['signal', 'fire', 'execution', 'outcome']);
    expect(hops.map(({ took_s }) => (took_s === null ? null : Number(took_s.toFixed(6))))).toEqual([
      null,
      2.5,
      0.35,
      7200,
    ]);
    expect(hops.every(({ state }) => state === 'came')).toBe(true);
  });

  it('are named by their event types, and say what came with them', () => {
    const hops = hopsOf(life({ ...signalled, ...fired, ...executed, ...closed }));
    expect(hops.map(({ event_type, said }) => [event_type, ...said])).toEqual([
      ['signal_generated', 'LIQUIDITY_SWEEP_REVERSAL', 'confidence 85.5'],
      ['fire_command', 'user 7'],
      ['trade_executed', 'ticket 4711'],
      ['trade_outcome', 'TP_HIT', '+42.5 profit', '+20 pips'],
    ]);
  });

  it('show what should have come between', () => {
    const hops = hopsOf(life({ ...executed, fire_id: 'F1', missing: 'signal,fire' }));
    expect(hops.map(({ kind, state }) => [kind, state])).toEqual([
      ['signal', 'missing'],
      ['fire', 'missing'],
      ['execution', 'came'],
      ['outcome', 'awaited'],
    ]);
  });

  it('measure nothing from a hop that has not come', () => {
    const hops = hopsOf(life({ ...executed, fire_id: 'F1', missing: 'fire' }));
    expect(hops.find(({ kind }) => kind === 'execution')?.took_s).toBeNull();
  });

  it('take the verdict of the tracker and an expiry only where they came', () => {
    const kinds = (given: Parameters<typeof life>[0]) => hopsOf(life(given)).map(({ kind }) => kind);
    expect(kinds(signalled)).toEqual(['signal']);
    expect(kinds({ ...signalled, expired_at: 1300, expired_seq: 9, expired_count: 1 })).toEqual([
      'signal',
      'expired',
    ]);
    expect(kinds({ ...signalled, signal_outcome_at: 1300, signal_outcome_seq: 9 })).toEqual([
      'signal',
      'tracked',
    ]);
  });
});

describe('what is awaited', () => {
  it('is the execution of a fire, then its outcome, then nothing', () => {
    expect(awaitedOf(life({ ...signalled, ...fired }))).toBe('execution');
    expect(awaitedOf(life({ ...signalled, ...fired, ...executed }))).toBe('outcome');
    expect(awaitedOf(life({ ...signalled, ...fired, ...executed, ...closed }))).toBeNull();
  });

  it('is nothing for a signal: nobody has to fire it', () => {
    expect(awaitedOf(life(signalled))).toBeNull();
  });
});

describe('how wide the way to a hop is drawn', () => {
  it('fills the room, and the longest way is the widest', () => {
    const stretches = stretchesOf(hopsOf(life({ ...signalled, ...fired, ...executed, ...closed })));
    const shares = stretches.map(({ share }) => share);
    expect(shares[0]).toBe(0);
    expect(shares.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 9);
    expect(shares[3]).toBeGreaterThan(shares[1]!);
    expect(shares[1]).toBeGreaterThan(shares[2]!);
  });

  it('leaves room for a label on each, however little it took or is known', () => {
    const hops = hopsOf(life({ ...signalled, ...fired, ...executed, executed_at: 1002.5 }));
    for (const { share } of stretchesOf(hops).slice(1)) expect(share).toBeGreaterThanOrEqual(0.08);
  });

  it('shares the room evenly where nothing is known', () => {
    const hops = hopsOf(life({ fire_id: 'F1', ...closed, missing: 'signal,fire,execution' }));
    expect(stretchesOf(hops).map(({ share }) => Number(share.toFixed(4)))).toEqual([
      0, 0.3333, 0.3333, 0.3333,
    ]);
  });

  it('tells from which hop it is, where that is not the one before', () => {
    const confirmed = { confirmed_at: 1003, confirmed_seq: 4, confirmed_count: 1 };
    const hops = hopsOf(life({ ...signalled, ...fired, ...executed, ...confirmed, ...closed }));
    const apart = stretchesOf(hops).filter(({ isFromLast }) => !isFromLast);
    expect(apart.map(({ hop }) => [hop.kind, hop.after])).toEqual([['outcome', 'execution']]);
  });

  it('stands for a single hop as well', () => {
    expect(stretchesOf(hopsOf(life(signalled))).map(({ share }) => share)).toEqual([0]);
  });
});

describe('what is wrong with a life', () => {
  it('is nothing where all came once and in order', () => {
    expect(troublesOf(life({ ...signalled, ...fired, ...executed, ...closed }))).toEqual([]);
  });

  it('names what is missing, what came twice, and clocks that disagree', () => {
    const troubled = life({
      ...{ ...signalled, ...executed, fire_id: 'F1', missing: 'fire', signal_count: 2 },
      ...{ ...closed, outcome_at: 1000.5 },
    });
    expect(troublesOf(troubled)).toEqual([
      'no fire',
      'signal came 2 times',
      'outcome before its execution: clocks disagree',
    ]);
  });
});
