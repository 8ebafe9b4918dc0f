import { describe, expect, test } from 'vitest';
import { sessionAt, sessionsOf } from '../src/analytics/sessions.js';

describe('sessions', () => {
  test('every hour of the day belongs to one: Asia 22 to 7, London 7 to 13, New York 13 to 22', () => {
    const hours = Array.from({ length: 24 }, (_, hour) => sessionAt(hour));
    expect(hours.flatMap((session, hour) => (session === 'london' ? [hour] : []))).toEqual([
      7, 8, 9, 10, 11, 12,
    ]);
    expect(hours.flatMap((session, hour) => (session === 'new_york' ? [hour] : []))).toEqual([
      13, 14, 15, 16, 17, 18, 19, 20, 21,
    ]);
    expect(hours.filter((session) => session === 'asia')).toHaveLength(9);
  });

  test('hours are summed, and a rate is only told where something has an outcome', () => {
    const rows = sessionsOf([
      { hour: 23, signals: 4, wins: 1, losses: 2 },
      { hour: 3, signals: 6, wins: 2, losses: 1 },
      { hour: 8, signals: 5, wins: 0, losses: 0 },
    ]);
    expect(rows).toEqual([
      { session: 'asia', signals: 10, wins: 3, losses: 3, win_rate: 0.5 },
      { session: 'london', signals: 5, wins: 0, losses: 0, win_rate: null },
      { session: 'new_york', signals: 0, wins: 0, losses: 0, win_rate: null },
    ]);
  });
});
