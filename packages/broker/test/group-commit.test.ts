import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { badTick, tick } from './support/events.js';
import { FlakyLog, Rig } from './support/rig.js';

test('all that comes in one turn of the event loop shares one commit', async () => {
  const rig = new Rig();
  const results = Array.from({ length: 50 }, (_, i) => rig.send([tick(i)], { first: i + 1 }));
  expect(results.every(({ outcome }) => outcome === undefined)).toBe(true);
  await turn();
  expect(rig.events.commits).toBe(1);
  expect(rig.commit.count).toBe(1);
  expect(results.map(({ outcome }) => outcome?.kind)).toEqual(Array.from({ length: 50 }, () => 'appended'));
});

test('a large burst does not wait for the end of the turn', () => {
  const rig = new Rig();
  const large = tick('x'.repeat(900_000));
  const results = [1, 2, 3, 4, 5].map((first) => rig.send([large], { first }));
  expect(results[0]?.outcome?.kind).toBe('appended');
});

test('a large burst of invalid events does not either', () => {
  const rig = new Rig();
  const large = badTick('x'.repeat(900_000));
  const results = [1, 2, 3, 4, 5].map((first) => rig.send([large], { first }));
  expect(results[0]?.outcome?.kind).toBe('appended');
});

test('readers hear of a commit after the publishers, and not at all of one that failed', () => {
  const rig = new Rig();
  const result = rig.send([tick(1)], { first: 1 });
  expect(rig.shown).toBe(0);
  rig.commit.flush();
  expect([result.outcome?.kind, rig.shown]).toEqual(['appended', 1]);
  rig.events.failing = true;
  rig.publish([tick(2)], { first: 2 });
  expect(rig.shown).toBe(1);
});

describe('failure', () => {
  test('is said once, and its end is, when the log that failed has been written', () => {
    const rig = new Rig();
    rig.publish([tick(1)]);
    rig.events.failing = true;
    rig.publish([tick(2)], { first: 2 });
    rig.publish([tick(2)], { first: 2 });
    expect(rig.said).toEqual(['unavailable']);
    // Neither a repeat, for which nothing is written, nor a dead letter shows that the events can be.
    expect(rig.publish([tick(1)]).kind).toBe('appended');
    expect(rig.publish([badTick('other')], { producer: 'q' }).kind).toBe('appended');
    expect(rig.said).toEqual(['unavailable']);
    rig.events.failing = false;
    rig.publish([tick(2)], { first: 2 });
    rig.publish([tick(3)], { first: 3 });
    expect(rig.said).toEqual(['unavailable', 'available']);
  });

  test('of the dead-letter log keeps the events of the same commit out of the log', () => {
    const rig = new Rig({ deadLetters: Object.assign(new FlakyLog(), { failing: true }) });
    expect(rig.publish([tick(1), badTick(2)]).kind).toBe('unavailable');
    expect(rig.events.nextSeq).toBe(1);
    rig.deadLetterLog.failing = false;
    expect(rig.publish([tick(1), badTick(2)])).toMatchObject({ rejected: [{ dead_letter: 1 }] });
    expect(rig.said).toEqual(['unavailable', 'available']);
  });
});
