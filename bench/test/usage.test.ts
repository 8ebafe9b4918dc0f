import { expect, test } from 'vitest';
import { busyShare, parseCpuTicks, parseFamilyTicks, parseMemory } from '../src/measure/usage.js';

test('CPU time is found behind whatever the process is called', () => {
  const stat = '4242 (no) de (x) S 1 4242 4242 0 -1 4194304 100 0 0 0 150 25 0 0 20 0 11 0 999 1 2';
  expect(parseCpuTicks(stat)).toBe(175);
});

test('children that have ended count for the family', () => {
  const stat = '4242 (node) S 1 4242 4242 0 -1 4194304 100 0 0 0 150 25 1000 300 20 0 11 0 999 1 2';
  expect(parseFamilyTicks(stat)).toBe(1_475);
});

test('memory is told in MB of a million bytes', () => {
  const status = 'Name:\tnode\nVmHWM:\t  200000 kB\nVmRSS:\t  100000 kB\n';
  expect(parseMemory(status)).toEqual({ rss: 102.4, peak: 204.8 });
});

test('time stolen by the host counts as busy, waiting for the disk does not', () => {
  const before = 'cpu  100 0 100 1000 100 0 0 0 0 0\ncpu0 …';
  const after = 'cpu  120 0 110 1050 110 0 0 10 0 0\ncpu0 …';
  expect(busyShare(before, after)).toBeCloseTo(0.4);
});
