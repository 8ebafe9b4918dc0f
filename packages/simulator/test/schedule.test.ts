import { describe, expect, it } from 'vitest';
import { createRandom } from '../src/random.js';
import { Schedule } from '../src/schedule.js';

describe('Schedule', () => {
  it('gives back by time, and by the order of putting where times are equal', () => {
    const random = createRandom(3);
    const schedule = new Schedule<[number, number]>();
    const put = Array.from({ length: 300 }, (_, order): [number, number] => [random.integer(1, 40), order]);
    for (const item of put) schedule.put(item[0], item);
    const taken: Array<[number, number]> = [];
    for (let item = schedule.take(99); item !== undefined; item = schedule.take(99)) taken.push(item);
    expect(taken).toEqual([...put].sort((one, other) => one[0] - other[0] || one[1] - other[1]));
  });

  it('keeps back what is not due', () => {
    const schedule = new Schedule<string>();
    schedule.put(5, 'later');
    expect(schedule.take(4)).toBeUndefined();
    expect(schedule.take(5)).toBe('later');
    expect(schedule.size).toBe(0);
  });
});
