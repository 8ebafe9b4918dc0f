import { describe, expect, it } from 'vitest';
import { boundsOf, fromInput, readRange, toInput, writeRange } from '../../web/ui/range.js';

describe('the time a page shows', () => {
  it('is read from the address as it was written', () => {
    for (const query of [{}, { span: '24h' }, { from: '1000', to: '2000.5' }, { to: '5' }]) {
      expect(writeRange(readRange(query))).toEqual(query);
    }
  });

  it('is all there is where the address says nothing that can be meant', () => {
    for (const query of [
      { span: '3 moons' },
      { from: 'yesterday' },
      { from: '', to: ' ' },
      { to: '1e300' },
    ]) {
      expect(readRange(query)).toEqual({ kind: 'all' });
    }
  });

  it('is turned round where it ends before it begins', () => {
    expect(readRange({ from: '9', to: '3' })).toEqual({ kind: 'fixed', from: 3, to: 9 });
  });

  it('asks the same question all the minute long, and has no end while it goes on', () => {
    const day = readRange({ span: '24h' });
    expect(boundsOf(day, 1_000_000_030)).toEqual({ from: 999_913_620 });
    expect(boundsOf(day, 1_000_000_019)).not.toEqual(boundsOf(day, 1_000_000_020));
    expect(boundsOf(day, 1_000_000_020)).toEqual(boundsOf(day, 1_000_000_079));
  });

  it('asks for no bound that nobody has set', () => {
    expect(boundsOf({ kind: 'all' }, 5)).toEqual({});
    expect(boundsOf({ kind: 'fixed', from: null, to: 7 }, 5)).toEqual({ to: 7 });
  });

  it('goes through an input to the second, whatever the zone', () => {
    expect(fromInput(toInput(1_757_957_318))).toBe(1_757_957_318);
    expect(toInput(null)).toBe('');
    expect([fromInput(''), fromInput('nonsense')]).toEqual([null, null]);
  });
});
