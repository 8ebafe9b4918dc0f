import { describe, expect, test } from 'vitest';
import { blockSize, cutBlocks, pieceLengths } from '../src/import/identity.js';
import { planPieces } from '../src/import/plan.js';
import type { ImportRecord } from '../src/import/records.js';

/** What an import needs of the bus: how far it has handled each producer, and the events it took. */
class BusMemory {
  readonly last = new Map<string, number>();
  readonly stored: string[] = [];
  /** Events that came although they had been handled: right, but a waste of time. */
  repeated = 0;

  take(producer: string, number: number, event: string): void {
    const last = this.last.get(producer) ?? 0;
    if (number > last + 1) throw new Error(`out of sequence: ${number} after ${last}`);
    if (number <= last) {
      this.repeated += 1;
      return;
    }
    this.last.set(producer, number);
    this.stored.push(event);
  }
}

class Killed extends Error {}

interface Run {
  identity?: string;
  /** The import is killed when the bus has taken so many events. */
  killAfter?: number;
}

/** Imports lines as `runImport` does: `two` stands for two events, any other line for one. */
async function importLines(bus: BusMemory, lines: readonly string[], run: Run = {}): Promise<void> {
  let left = run.killAfter ?? Number.POSITIVE_INFINITY;
  const ask = async (producers: readonly string[]) =>
    producers.map((producer) => bus.last.get(producer) ?? 0);
  for await (const block of cutBlocks(asRecords(lines), run.identity ?? 'test')) {
    for await (const { from, to, producer, handled } of planPieces(block, ask)) {
      const events = block.records
        .slice(from, to)
        .flatMap(({ text }) => (text === 'two' ? ['two', 'two'] : [text]));
      for (const [index, event] of events.entries()) {
        if (index < handled) continue;
        if (left <= 0) throw new Killed();
        bus.take(producer, index + 1, event);
        left -= 1;
      }
    }
  }
}

async function* asRecords(lines: readonly string[]): AsyncGenerator<ImportRecord[]> {
  for (let at = 0; at < lines.length; at += 700) {
    yield lines.slice(at, at + 700).map((text, index) => ({ line: at + index + 1, text }));
  }
}

function makeLines(count: number, prefix = 'line'): string[] {
  return Array.from({ length: count }, (_, index) => `${prefix} ${index}`);
}

describe('the same file', () => {
  test.each([1, 15, 16, 999, 1000, 1001, 3361, 9000])('of %i lines is stored once', async (count) => {
    const bus = new BusMemory();
    const lines = makeLines(count);
    await importLines(bus, lines);
    await importLines(bus, lines);
    expect(bus.stored).toEqual(lines);
    expect(bus.repeated).toBe(0);
  });

  test('read in another way is another import', async () => {
    const bus = new BusMemory();
    await importLines(bus, makeLines(10), { identity: 'EURUSD' });
    await importLines(bus, makeLines(10), { identity: 'GBPUSD' });
    expect(bus.stored).toHaveLength(20);
  });

  test('with equal lines keeps all of them', async () => {
    const bus = new BusMemory();
    const lines = Array.from({ length: 5000 }, () => 'same');
    await importLines(bus, lines);
    await importLines(bus, lines);
    expect(bus.stored).toHaveLength(5000);
  });
});

test('a killed import begun again ends with every event once, wherever it was killed', async () => {
  const lines = makeLines(2600).map((line, index) => (index % 7 === 0 ? 'two' : line));
  const expected = lines.flatMap((line) => (line === 'two' ? ['two', 'two'] : [line]));
  for (let killAfter = 0; killAfter < expected.length; killAfter += 211) {
    const bus = new BusMemory();
    await expect(importLines(bus, lines, { killAfter })).rejects.toThrow(Killed);
    await expect(importLines(bus, lines, { killAfter: 5 })).rejects.toThrow(Killed);
    await importLines(bus, lines);
    expect(bus.stored).toEqual(expected);
  }
});

test('a file that has grown goes on where it was, however often', async () => {
  const bus = new BusMemory();
  const lines = makeLines(12_000);
  for (const count of [1, 2, 40, 900, 1000, 1001, 2500, 2517, 3999, 4000, 4700, 12_000]) {
    await importLines(bus, lines.slice(0, count));
    expect(bus.stored).toEqual(lines.slice(0, count));
  }
});

test('a file that was killed and has grown before it is begun again ends with every event once', async () => {
  const lines = makeLines(9000);
  for (let killAfter = 1; killAfter < 2700; killAfter += 373) {
    const bus = new BusMemory();
    await expect(importLines(bus, lines.slice(0, 2700), { killAfter })).rejects.toThrow(Killed);
    await importLines(bus, lines);
    expect(bus.stored).toEqual(lines);
  }
});

describe('a file that begins like another', () => {
  test.each([1, 500, 999, 1000, 1500, 2600])(
    'has all its own lines stored, from line %i on',
    async (shared) => {
      const bus = new BusMemory();
      const first = makeLines(3000);
      const second = [...first.slice(0, shared), ...makeLines(3000 - shared, 'other')];
      await importLines(bus, first);
      await importLines(bus, second);
      const stored = new Set(bus.stored);
      expect(first.filter((line) => !stored.has(line))).toEqual([]);
      expect(second.filter((line) => !stored.has(line))).toEqual([]);
      const count = bus.stored.length;
      await importLines(bus, first);
      await importLines(bus, second);
      expect(bus.stored).toHaveLength(count);
    },
  );

  test('is not taken for it after a kill either', async () => {
    const bus = new BusMemory();
    const first = makeLines(900);
    const second = [...first.slice(0, 100), ...makeLines(800, 'other')];
    await expect(importLines(bus, first, { killAfter: 700 })).rejects.toThrow(Killed);
    await importLines(bus, second);
    const stored = new Set(bus.stored);
    expect(second.filter((line) => !stored.has(line))).toEqual([]);
  });
});

test('a million lines are few producers, and each block has a bound', () => {
  let lines = 0;
  let blocks = 0;
  for (; lines < 1_000_000; blocks += 1) lines += blockSize(blocks);
  expect(blocks).toBeLessThan(30);
  expect(blockSize(100)).toBeLessThanOrEqual(65_536);
});

test('any number of records is a handful of pieces', () => {
  for (const count of [1, 16, 255, 361, 4095, 65_535]) {
    let left = count;
    let pieces = 0;
    for (; left > 0; pieces += 1) left -= pieceLengths(left)[0]!;
    expect(pieces).toBeLessThanOrEqual(4);
  }
});
