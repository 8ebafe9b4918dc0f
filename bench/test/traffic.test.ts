import { checkEvent, createStandardCatalogue, decodeEvent } from '@bitten/schema';
import { expect, test } from 'vitest';
import { createTraffic } from '../src/measure/traffic.js';

/** More than the pool behind it holds, so that its events have come again. */
const many = 10_000;

function texts(): string[] {
  let time = 1_757_894_400;
  const traffic = createTraffic({
    seed: 't',
    clock: () => {
      time += 1;
      return time;
    },
  });
  return Array.from({ length: many }, () => JSON.stringify(traffic.next()));
}

test('every event is valid', () => {
  const catalogue = createStandardCatalogue();
  const refused = texts().filter((text) => !decodeEvent(text, catalogue).ok);
  expect(refused).toEqual([]);
  expect(checkEvent(createTraffic({ seed: 1 }).next(), catalogue)).toEqual([]);
});

test('no two events are the same, and no two signals, fires or trades share an id', () => {
  const all = texts();
  expect(new Set(all).size).toBe(many);
  const correlations = all
    .map((text) => JSON.parse(text) as { event_type: string; correlation_id?: string })
    .filter(({ correlation_id }) => correlation_id !== undefined)
    .map(({ event_type, correlation_id }) => `${event_type} ${correlation_id}`);
  expect(correlations.length).toBeGreaterThan(many / 10);
  expect(new Set(correlations).size).toBe(correlations.length);
});

test('time goes on from event to event', () => {
  const times = texts().map((text) => (JSON.parse(text) as { timestamp: number }).timestamp);
  expect(times).toEqual([...times].sort((a, b) => a - b));
});
