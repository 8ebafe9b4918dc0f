import type { EventQuery, StoredEvent } from '@bitten/storage/store';
import { expect, test } from 'vitest';
import { selectEvents } from '../src/query/events.js';

const stored = [
  { id: 1, event_type: 'a', timestamp: 10 },
  { id: 2, event_type: 'b', timestamp: 30 },
  { id: 3, event_type: 'a', timestamp: 30 },
  { id: 4, event_type: 'c', timestamp: 40 },
] as StoredEvent[];

/** Answers as the store does: one value of each kind, newest first. */
function answer({ event_type, limit }: EventQuery): StoredEvent[] {
  return stored
    .filter((event) => event_type === undefined || event.event_type === event_type)
    .sort((x, y) => y.timestamp - x.timestamp || y.id - x.id)
    .slice(0, limit);
}

const all = {
  types: undefined,
  symbols: undefined,
  users: undefined,
  sources: undefined,
  correlation: undefined,
  since: undefined,
  until: undefined,
  limit: 100,
};

test('several types are one list, newest first, and together no longer than the limit', () => {
  const ids = (selection: typeof all) => selectEvents(selection, answer).map((event) => event.id);
  expect(ids(all)).toEqual([4, 3, 2, 1]);
  const two = { ...all, types: ['a', 'b'] as unknown as undefined };
  expect(ids(two)).toEqual([3, 2, 1]);
  expect(ids({ ...two, limit: 2 })).toEqual([3, 2]);
});
