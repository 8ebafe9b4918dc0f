import { beforeEach, describe, expect, test, vi } from 'vitest';
import { Outage } from '../src/outage.js';

describe('an outage', () => {
  let said: string[];
  let outage: Outage;

  beforeEach(() => {
    vi.useFakeTimers();
    said = [];
    outage = new Outage({
      now: () => 1_000,
      quiet_ms: 2_000,
      onBegin: (error) => said.push(`begins: ${(error as Error).message}`),
      onEnd: () => said.push('ends'),
    });
    return () => vi.useRealTimers();
  });

  test('is told once when it begins, and once when nothing has failed for a while', () => {
    outage.failed(new Error('ENOSPC'));
    outage.failed(new Error('EIO'));
    expect(outage.facts).toEqual({ since: 1_000, why: 'EIO' });
    outage.succeeded();
    vi.advanceTimersByTime(1_999);
    expect(said).toEqual(['begins: ENOSPC']);
    vi.advanceTimersByTime(1);
    expect(said).toEqual(['begins: ENOSPC', 'ends']);
    expect(outage.facts).toBeNull();
  });

  test('on a disk that takes small writes and refuses large ones is one outage', () => {
    for (let i = 0; i < 20; i += 1) {
      outage.failed(new Error('ENOSPC'));
      vi.advanceTimersByTime(500);
      outage.succeeded();
      vi.advanceTimersByTime(500);
    }
    expect(said).toEqual(['begins: ENOSPC']);
    vi.advanceTimersByTime(2_000);
    expect(said).toEqual(['begins: ENOSPC', 'ends']);
  });

  test('goes on when something fails again, however long nothing is tried then', () => {
    outage.failed(new Error('ENOSPC'));
    outage.succeeded();
    vi.advanceTimersByTime(1_000);
    outage.failed(new Error('ENOSPC'));
    vi.advanceTimersByTime(60_000);
    expect(said).toEqual(['begins: ENOSPC']);
  });

  test('that is over when the bus stops is told as over, one that is not is not', () => {
    outage.failed(new Error('ENOSPC'));
    outage.close();
    expect(said).toEqual(['begins: ENOSPC']);
    outage.succeeded();
    outage.close();
    expect(said).toEqual(['begins: ENOSPC', 'ends']);
  });

  test('does not end that never began', () => {
    outage.succeeded();
    vi.advanceTimersByTime(10_000);
    expect(said).toEqual([]);
  });
});
