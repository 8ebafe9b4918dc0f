import { GapError } from '@bitten/schema';
import { BeyondEndError, CorruptLogError, type LogRecord, MemoryLog } from '@bitten/storage/log';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Page } from '../src/page.js';
import { Readers, type ReadRequest } from '../src/readers.js';
import { marksOf, tick } from './support/events.js';
import { append, logOf } from './support/log.js';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setImmediate', 'performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

interface Asked {
  page: Page | null;
  error: unknown;
}

function read(readers: Readers, request: Partial<ReadRequest> & { log: MemoryLog }): Asked {
  const asked: Asked = { page: null, error: null };
  const whole = { from: 1, maxBytes: 1024 * 1024, wait_ms: 0, linger_ms: 0, ...request };
  readers.read(whole, (error, page) => Object.assign(asked, { error, page }));
  return asked;
}

describe('a reader', () => {
  test('gets at once what is there, up to the end', () => {
    const log = logOf([tick(1), tick(2)], [tick(3)]);
    const { page } = read(new Readers(), { log, from: 2, wait_ms: 1000 });
    expect(page).toMatchObject({ from: 2, next: 4, end: 4 });
    expect(marksOf(page!.body)).toEqual([2, 3]);
  });

  test('gets an empty page at the end when it does not want to wait', () => {
    const { page } = read(new Readers(), { log: logOf([tick(1)]), from: 2 });
    expect(page).toMatchObject({ from: 2, next: 2, end: 2, runs: [] });
  });

  test('that waits is answered when something comes', () => {
    const log = logOf([tick(1)]);
    const readers = new Readers();
    const asked = read(readers, { log, from: 2, wait_ms: 30_000 });
    vi.advanceTimersByTime(29_000);
    expect(asked.page).toBeNull();
    append(log, [tick(2)]);
    readers.wake(log);
    expect(marksOf(asked.page!.body)).toEqual([2]);
    expect(readers.waiting).toBe(0);
  });

  test('that waits is answered when its time is over', () => {
    const log = logOf([tick(1)]);
    const asked = read(new Readers(), { log, from: 2, wait_ms: 30_000 });
    vi.advanceTimersByTime(30_000);
    expect(asked.page).toMatchObject({ from: 2, next: 2, runs: [] });
  });

  test('of one log is not woken by the other', () => {
    const log = logOf([tick(1)]);
    const other = logOf([tick(1)]);
    const readers = new Readers();
    const asked = read(readers, { log, from: 2, wait_ms: 1000 });
    append(other, [tick(2)]);
    readers.wake(other);
    expect(asked.page).toBeNull();
  });

  test('before the beginning or behind the end hears so', () => {
    const log = new MemoryLog({ segmentBytesMax: 4096 });
    for (let n = 1; n <= 100; n += 1) append(log, [tick(n)]);
    log.retain({ bytesMax: 4096, floor: log.nextSeq });
    const readers = new Readers();
    expect(read(readers, { log, from: 1, wait_ms: 1000 }).error).toBeInstanceOf(GapError);
    expect(read(readers, { log, from: 102, wait_ms: 1000 }).error).toBeInstanceOf(BeyondEndError);
  });
});

describe('lingering', () => {
  test('lets more come once something is there', () => {
    const log = logOf([tick(1)]);
    const readers = new Readers();
    const asked = read(readers, { log, wait_ms: 30_000, linger_ms: 100 });
    vi.advanceTimersByTime(99);
    append(log, [tick(2)]);
    readers.wake(log);
    expect(asked.page).toBeNull();
    vi.advanceTimersByTime(1);
    expect(marksOf(asked.page!.body)).toEqual([1, 2]);
  });

  test('begins with the first event, not with the request', () => {
    const log = new MemoryLog();
    const readers = new Readers();
    const asked = read(readers, { log, wait_ms: 30_000, linger_ms: 100 });
    vi.advanceTimersByTime(5_000);
    append(log, [tick(1)]);
    readers.wake(log);
    vi.advanceTimersByTime(99);
    expect(asked.page).toBeNull();
    vi.advanceTimersByTime(1);
    expect(marksOf(asked.page!.body)).toEqual([1]);
  });

  test('is not for a reader that has to catch up', () => {
    const log = logOf(Array.from({ length: 1_000 }, (_, i) => tick(i)));
    expect(read(new Readers(), { log, linger_ms: 100 }).page?.next).toBe(1_001);
  });
});

describe('a reader with a filter', () => {
  const filter = { symbols: ['GBPUSD'] };
  const gbp = (mark: number) => tick(mark, { data: { symbol: 'GBPUSD', mark } });

  test('gets what matches, and goes on behind what does not', () => {
    const log = logOf([tick(1), gbp(2), tick(3)], [tick(4), gbp(5), tick(6)]);
    const { page } = read(new Readers(), { log, filter });
    expect(page).toMatchObject({ from: 1, next: 7 });
    expect(page?.runs.map(([seq]) => seq)).toEqual([2, 5]);
    expect(marksOf(page!.body)).toEqual([2, 5]);
  });

  test('waits on where nothing has matched, and then reads only what is new', () => {
    const log = logOf([tick(1), tick(2)]);
    const readers = new Readers();
    const asked = read(readers, { log, filter, wait_ms: 30_000 });
    append(log, [tick(3)]);
    readers.wake(log);
    expect(asked.page).toBeNull();
    append(log, [gbp(4)]);
    readers.wake(log);
    expect(asked.page).toMatchObject({ from: 1, next: 5 });
    expect(marksOf(asked.page!.body)).toEqual([4]);
  });

  test('whose time is over is told how far it has come', () => {
    const log = logOf([tick(1), tick(2)]);
    const asked = read(new Readers(), { log, filter, wait_ms: 1_000 });
    vi.advanceTimersByTime(1_000);
    expect(asked.page).toMatchObject({ from: 1, next: 3, runs: [] });
  });

  test('does not keep others from their turn while it looks through much', () => {
    const log = logOf(...Array.from({ length: 20 }, () => [tick('x'.repeat(200_000))]), [gbp(21)]);
    const asked = read(new Readers(), { log, filter });
    expect(asked.page).toBeNull();
    vi.runAllTimers();
    expect(marksOf(asked.page!.body)).toEqual([21]);
  });

  test('is given what it had found when retention or damage stops it, and hears of that next', () => {
    const log = new StoppingLog();
    append(log, [gbp(1)]);
    for (let n = 2; n <= 10; n += 1) append(log, [tick(`${n}${'x'.repeat(200_000)}`)]);
    log.stopsAt = 8;
    const asked = read(new Readers(), { log, filter });
    vi.runAllTimers();
    expect(asked.error).toBeNull();
    expect(marksOf(asked.page!.body)).toEqual([1]);
    const { next } = asked.page!;
    expect(next).toBeLessThanOrEqual(8);
    let again = read(new Readers(), { log, filter, from: next });
    vi.runAllTimers();
    if (again.page !== null) {
      again = read(new Readers(), { log, filter, from: again.page.next });
      vi.runAllTimers();
    }
    expect(again.error).toBeInstanceOf(CorruptLogError);
  });
});

describe('many readers with large filters', () => {
  const large = { users: Array.from({ length: 320 }, (_, i) => String(i).padStart(200, 'u')) };

  test('wait up to a bound of all together; one more is answered at once, and place comes back', () => {
    const log = logOf([tick(1)]);
    const readers = new Readers();
    const wait = (filter?: { users: string[] }) => read(readers, { log, from: 2, wait_ms: 30_000, filter });
    const asked = Array.from({ length: 500 }, () => wait(large));
    const waiting = asked.filter(({ page }) => page === null).length;
    expect(waiting).toBe(readers.waiting);
    // 64 KiB of text each, and 16 MiB in all.
    expect(waiting).toBeGreaterThan(50);
    expect(waiting).toBeLessThan(257);
    expect(asked.at(-1)!.page).toMatchObject({ from: 2, next: 2, runs: [] });
    vi.advanceTimersByTime(30_000);
    expect(readers.waiting).toBe(0);
    expect(asked.every(({ page }) => page !== null)).toBe(true);
    const again = Array.from({ length: 500 }, () => wait(large));
    expect(again.filter(({ page }) => page === null)).toHaveLength(waiting);
    readers.close();
  });

  test('who wait are kept where the log grows by what they do not want', () => {
    const log = logOf([tick(1)]);
    const readers = new Readers();
    const asked = Array.from({ length: 500 }, () =>
      read(readers, { log, from: 2, wait_ms: 30_000, filter: large }),
    );
    const waiting = asked.filter(({ page }) => page === null).length;
    append(log, [tick(2)]);
    readers.wake(log);
    expect(readers.waiting).toBe(waiting);
  });

  test('search within the same bound, and hear how far they have come', () => {
    const log = logOf(...Array.from({ length: 20 }, () => [tick('x'.repeat(200_000))]));
    const readers = new Readers();
    const asked = Array.from({ length: 500 }, () => read(readers, { log, filter: large }));
    const searching = asked.filter(({ page }) => page === null).length;
    expect(searching).toBeGreaterThan(50);
    expect(searching).toBeLessThan(257);
    const { next } = asked.at(-1)!.page!;
    expect(next).toBeGreaterThan(1);
    expect(next).toBeLessThan(21);
    readers.close();
  });
});

describe('closing', () => {
  test('answers everybody with what there is', () => {
    const log = logOf([tick(1)]);
    const readers = new Readers();
    const waiting = read(readers, { log, from: 2, wait_ms: 30_000 });
    const lingering = read(readers, { log, linger_ms: 1_000 });
    readers.close();
    expect(waiting.page).toMatchObject({ next: 2 });
    expect(marksOf(lingering.page!.body)).toEqual([1]);
    expect(read(readers, { log, from: 2, wait_ms: 30_000 }).page).toMatchObject({ next: 2 });
  });

  test('ends a search, which then never touches the log again', () => {
    const log = logOf(...Array.from({ length: 20 }, () => [tick('x'.repeat(200_000))]));
    const readers = new Readers();
    const asked = read(readers, { log, filter: { symbols: ['GBPUSD'] } });
    readers.close();
    const { next } = asked.page!;
    expect(next).toBeGreaterThan(1);
    expect(next).toBeLessThan(21);
    const touched = vi.spyOn(log, 'read');
    vi.runAllTimers();
    expect(touched).not.toHaveBeenCalled();
  });
});

/** A log with a damaged record. */
class StoppingLog extends MemoryLog {
  stopsAt = Number.POSITIVE_INFINITY;

  override read(from: number, bytesMax: number): LogRecord[] {
    const records = super.read(from, bytesMax).filter(({ seq }) => seq < this.stopsAt);
    if (records.length > 0 || from < this.stopsAt) return records;
    const facts = { found: 'damage', expected: 'a record', remedy: 'restore it' };
    throw new CorruptLogError({ file: 'x.seg', offset: 1, seq: from, ...facts });
  }
}
