import { describe, expect, onTestFinished, test } from 'vitest';
import { judgeComponent } from '../src/live/components.js';
import { History, otherTypes } from '../src/live/history.js';
import { Sampler } from '../src/live/sampler.js';
import { until } from './support/system.js';

describe('a component', () => {
  const said = { component: 'webapp', status: 'running', at: 1_000, message: null, interval_s: 30 };

  test.each([
    ['right after its heartbeat', said, 1_001, 'up'],
    ['two heartbeats missed', said, 1_089, 'up'],
    ['three missed', said, 1_091, 'silent'],
    ['that speaks every ten minutes, after twenty', { ...said, interval_s: 600 }, 2_200, 'up'],
    ['that speaks every ten minutes, after forty', { ...said, interval_s: 600 }, 3_400, 'silent'],
    ['that has spoken once', { ...said, interval_s: null }, 1_091, 'silent'],
    ['that is degraded', { ...said, status: 'degraded' }, 1_001, 'unwell'],
    ['with a word nobody knows', { ...said, status: 'tired' }, 1_001, 'unwell'],
    ['that has stopped', { ...said, status: 'stopped' }, 1_001, 'down'],
    ['that stopped long ago', { ...said, status: 'stopped' }, 90_000, 'down'],
    ['that failed long ago', { ...said, status: 'error' }, 90_000, 'silent'],
  ] as const)('%s', (_, heartbeat, at, state) => {
    expect(judgeComponent(heartbeat, at).state).toBe(state);
  });
});

test('a clock that is set back by an hour does not keep the heartbeats for an hour', async () => {
  let now = 10_000;
  let asked = 0;
  const away = async (): Promise<never> => {
    throw new Error('away');
  };
  const sampler = new Sampler({
    askBus: away,
    askStore: away,
    askAlerts: async () => null,
    askHeartbeats: async () => {
      asked += 1;
      return [];
    },
    latency: () => null,
    onSample: () => undefined,
    now: () => now,
  });
  onTestFinished(() => sampler.stop());
  await sampler.start();
  now -= 3_600;
  await until(() => asked > 1);
});

describe('what was sampled', () => {
  function sampled(count: number, rates: (n: number) => Record<string, number>): History {
    const history = new History();
    for (let n = 0; n < count; n += 1) {
      history.add({ at: 1_000 + n, rates: rates(n), latency: { p50_ms: n, p99_ms: n * 2, events: 1 } });
    }
    return history;
  }

  test('is one row a second, a type that was not there 0', () => {
    const history = sampled(3, (n) => (n === 1 ? { a: 5, b: 1 } : { a: 2 }));
    expect(history.rates({ span_s: 60 })).toEqual({
      step_s: 1,
      at: [1_000, 1_001, 1_002],
      series: { a: [2, 5, 2], b: [0, 1, 0] },
      latency_p50_ms: [0, 1, 2],
      latency_p99_ms: [0, 2, 4],
    });
  });

  test('a longer step is the mean of its seconds', () => {
    const rates = sampled(8, (n) => ({ a: n })).rates({ span_s: 60, step_s: 4 });
    expect(rates).toMatchObject({ at: [1_000, 1_004], series: { a: [1.5, 5.5] }, latency_p99_ms: [6, 14] });
  });

  test('no more rows than a chart can show, and no more than an hour', () => {
    const rates = sampled(5_000, () => ({ a: 1 })).rates({ span_s: 3_600 });
    expect(rates.step_s).toBe(4);
    expect(rates.at.length).toBeLessThanOrEqual(901);
    expect(rates.at[0]).toBeGreaterThanOrEqual(1_000 + 1_400 - 4);
    expect(new Set(rates.series.a)).toEqual(new Set([1]));
  });

  test('any number of types is a bounded number of series, and nothing is left out', () => {
    const many = Object.fromEntries(Array.from({ length: 200 }, (_, n) => [`type_${n}`, n + 1]));
    const { series } = sampled(1, () => many).rates({ span_s: 60 });
    expect(Object.keys(series)).toHaveLength(31);
    expect(series.type_199).toEqual([200]);
    const sum = Object.values(series).reduce((total, [value]) => total + value!, 0);
    expect(sum).toBe((200 * 201) / 2);
    expect(series[otherTypes]).toEqual([(170 * 171) / 2]);
  });

  test('by name a thousand types are kept only as far as they can be drawn', () => {
    const history = sampled(2, (n) =>
      Object.fromEntries(Array.from({ length: 1_000 }, (_, type) => [`type_${n}_${type}`, 1])),
    );
    const { series } = history.rates({ span_s: 60 });
    expect(Object.keys(series)).toHaveLength(31);
    const sum = Object.values(series).reduce((total, [a, b]) => total + a! + b!, 0);
    expect(sum).toBe(2_000);
  });

  test('a clock that is set back begins anew where it is', () => {
    const history = sampled(10, () => ({ a: 1 }));
    history.add({ at: 1_004.5, rates: { a: 2 }, latency: null });
    const { at, series } = history.rates({ span_s: 60 });
    expect(at).toEqual([1_000, 1_001, 1_002, 1_003, 1_004]);
    expect(series.a).toEqual([1, 1, 1, 1, 1.5]);
  });

  test('a type may be called anything', () => {
    const rates = JSON.parse('{"__proto__": 3, "constructor": 4}') as Record<string, number>;
    const { series } = sampled(1, () => rates).rates({ span_s: 60 });
    expect(JSON.stringify(series)).toBe('{"constructor":[4],"__proto__":[3]}');
  });
});
