import { createRandom } from '@bitten/simulator';
import { describe, expect, it } from 'vitest';
import { History } from './support/history.js';

/** What a window holds, told anew from the whole history at each step. */
type Sample = readonly [second: number, value: number];

const functions: Readonly<Record<string, (values: readonly number[]) => number>> = {
  last: (values) => values.at(-1)!,
  min: (values) => Math.min(...values),
  max: (values) => Math.max(...values),
  mean: (values) => values.reduce((a, b) => a + b, 0) / values.length,
  sum: (values) => values.reduce((a, b) => a + b, 0),
  change: (values) => values.at(-1)! - values[0]!,
  drawdown: (values) => {
    const peak = Math.max(...values);
    return peak <= 0 ? 0 : ((peak - values.at(-1)!) / peak) * 100;
  },
};

describe.each(Object.keys(functions))('%s of a window', (name) => {
  it('is what the whole history says, at every event and every silence', () => {
    const above = { last: 5, min: 3, max: 8, mean: 5, sum: 20, change: 2, drawdown: 40 }[name];
    const history = new History(
      `rules: [{ name: r, when: { value_of: t, value: data.n, function: ${name}, within: 10s, above: ${above} } }]`,
    );
    const random = createRandom(`model ${name}`);
    const samples: Sample[] = [];
    let isFiring = false;
    let second = 0;
    let fired = 0;
    for (let i = 0; i < 1_500; i += 1) {
      second += random.integer(0, 5);
      if (random.chance(0.1)) history.restart();
      const n = random.integer(0, 10);
      const isEvent = random.chance(0.75);
      if (isEvent) samples.push([second, n]);
      for (const line of isEvent ? history.at(second, 't', { n }) : history.pass(second)) {
        isFiring = line.startsWith('firing');
        fired += 1;
      }
      const values = samples.filter(([at]) => at > second - 10).map(([, value]) => value);
      const expected = values.length > 0 && functions[name]!(values) > above!;
      expect(isFiring, `${i}: ${JSON.stringify(values)} in the last 10 s of ${second}`).toBe(expected);
    }
    expect(fired, 'it went both ways').toBeGreaterThan(20);
  });
});

describe('too few within a window', () => {
  it('is what the whole history says, once a whole window has passed', () => {
    const history = new History('rules: [{ name: r, when: { rate_of: t, below: 3, within: 10s } }]');
    const random = createRandom('model below');
    const seconds: number[] = [];
    let isFiring = false;
    let second = 0;
    for (let i = 0; i < 1_500; i += 1) {
      second += random.integer(0, 8);
      if (random.chance(0.1)) history.restart();
      const isEvent = random.chance(0.7);
      if (isEvent) seconds.push(second);
      for (const line of isEvent ? history.at(second, 't', {}) : history.pass(second)) {
        isFiring = line.startsWith('firing');
      }
      const count = seconds.filter((at) => at > second - 10).length;
      expect(isFiring, `${i}: ${count} events within the last 10 s of ${second}`).toBe(
        second >= 10 && count < 3,
      );
    }
  });
});

describe('fires and their executions, in any order, often twice', () => {
  it('are told as the whole history says', () => {
    const history = new History('rules: [{ name: r, when: { lifecycle: not_executed, within: 5s } }]');
    const random = createRandom('model lifecycle');
    const fired = new Map<string, number>();
    const executed = new Set<string>();
    const open = new Set<string>();
    let second = 0;
    for (let i = 0; i < 1_500; i += 1) {
      second += random.integer(0, 2);
      if (random.chance(0.05)) history.restart();
      const id = `F${random.integer(Math.max(0, Math.floor(i / 4) - 5), Math.floor(i / 4))}`;
      const type = random.chance(0.5) ? 'fire_command' : 'trade_executed';
      if (type === 'trade_executed') executed.add(id);
      else if (!fired.has(id)) fired.set(id, second);
      for (const line of history.at(second, type, { fire_id: id })) {
        const [state, key] = line.split(' ') as [string, string];
        if (state === 'firing') open.add(key);
        else open.delete(key);
      }
      const missing = [...fired]
        .filter(([key, at]) => !executed.has(key) && at + 5 <= second)
        .map(([key]) => key);
      expect([...open].sort(), `${i}`).toEqual(missing.sort());
    }
  });
});
