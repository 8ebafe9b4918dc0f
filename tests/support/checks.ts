import { type Acked, type EventRow, numberedEvents, readAcks, readStore } from '@bitten/proof';
import { expect } from 'vitest';

/** One life of a publisher. */
export interface Run {
  run: number;
  /** What it was promised. */
  acks: readonly Acked[];
  /** Its room was too small for every tick: those may be missing, or stand behind what came after them. */
  conflates?: boolean;
}

/** Where each event of each run stands: `places.get(run)[n - 1]` is the seq of its nth event. */
export type Places = ReadonlyMap<number, readonly number[]>;

export function runOf(run: number, ackFile: string, { conflates = false } = {}): Run {
  return { run, acks: readAcks(ackFile), conflates };
}

/**
 * Reads the whole store and holds it against what the publishers know:
 *
 * - `seq` runs from 1 to N without a hole;
 * - each publisher's events are there exactly once, in its order, from its first on without a hole;
 * - each is, byte for byte, the event that was published;
 * - whatever was acknowledged is there, at the seq that was acknowledged.
 */
export function checkStore(database: string, seed: string, runs: readonly Run[]): Places {
  const conflating = new Set(runs.filter(({ conflates }) => conflates).map(({ run }) => run));
  const places = readPlaces(database, seed, conflating);
  for (const { run, acks } of runs) {
    const seqs = places.get(run) ?? [];
    const wrong = acks.filter(
      ({ n, seq }) => seqs[n - 1] === undefined || (seq ?? seqs[n - 1]) !== seqs[n - 1],
    );
    const told = wrong
      .slice(0, 5)
      .map(({ n, seq }) => `event ${n}: acknowledged as ${seq}, stored as ${seqs[n - 1]}`);
    expect(told, `acknowledged events of run ${run} that are not stored as promised`).toEqual([]);
  }
  return places;
}

function readPlaces(database: string, seed: string, conflating: ReadonlySet<number>): Places {
  const eventOf = numberedEvents(seed);
  const places = new Map<number, number[]>();
  const lastKept = new Map<number, number>();
  /** Whether what must be kept stands in its order, with nothing but ticks left out before it. */
  const joins = (run: number, n: number): boolean => {
    for (let each = (lastKept.get(run) ?? 0) + 1; each < n; each += 1) {
      if (eventOf(run, each).event_type !== 'market_data') return false;
    }
    return n > (lastKept.get(run) ?? 0);
  };
  const found = readStore(database, (db) => {
    const rows = db.prepare('SELECT id, event_type, data_json FROM events ORDER BY id').iterate();
    let next = 1;
    for (const row of rows as IterableIterator<Pick<EventRow, 'id' | 'event_type' | 'data_json'>>) {
      if (row.id !== next) throw new Error(`seq has a hole: after ${next - 1} comes ${row.id}`);
      next += 1;
      const { run, n } = JSON.parse(row.data_json) as { run?: number; n?: number };
      // The bus's own heartbeats.
      if (run === undefined || n === undefined) continue;
      const seqs = places.get(run) ?? [];
      const isTick = row.event_type === 'market_data';
      const isPlaced = conflating.has(run) && (isTick ? seqs[n - 1] === undefined : joins(run, n));
      if (n !== seqs.length + 1 && !isPlaced) {
        throw new Error(`run ${run}: event ${n} stands at seq ${row.id}, right after event ${seqs.length}`);
      }
      seqs[n - 1] = row.id;
      if (!isTick) lastKept.set(run, n);
      places.set(run, seqs);
      const event = eventOf(run, n);
      if (row.event_type !== event.event_type || row.data_json !== JSON.stringify(event.data)) {
        throw new Error(`seq ${row.id} is not event ${n} of run ${run}: ${row.event_type} ${row.data_json}`);
      }
    }
    return true;
  });
  expect(found, 'there is a store').toBe(true);
  return places;
}

/** Numbers that rise by one, from `first` to `last`, and nothing else. */
export function expectEach(numbers: readonly number[], first: number, last: number): void {
  const at = numbers.findIndex((number, index) => number !== first + index);
  const around = at === -1 ? [] : numbers.slice(Math.max(0, at - 2), at + 3);
  expect(around, `the numbers around place ${at}, where ${first + at} was expected`).toEqual([]);
  expect(numbers.length, `how many there are from ${first} to ${last}`).toBe(last - first + 1);
}
