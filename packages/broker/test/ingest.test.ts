import { describe, expect, test } from 'vitest';
import { badTick, tick } from './support/events.js';
import { FlakyLog, Rig, textsIn } from './support/rig.js';

describe('a batch of valid events', () => {
  test('is appended byte for byte, and reported with its places', () => {
    const rig = new Rig();
    const texts = [tick(1), `  ${tick(2)} `, tick('ü')];
    expect(rig.publish(texts)).toEqual({
      kind: 'appended',
      placements: [{ producerSeq: 1, seq: 1, count: 3 }],
      rejected: [],
    });
    expect(textsIn(rig.events)).toEqual(texts);
  });

  test('whose count is wrong is refused whole', () => {
    const rig = new Rig();
    expect(rig.publish([tick(1), tick(2)], { count: 3 })).toEqual({ kind: 'miscounted', found: 2 });
    expect(rig.publish([], { count: 1 })).toEqual({ kind: 'miscounted', found: 0 });
    expect(textsIn(rig.events)).toEqual([]);
    expect(rig.admission.handled('p')).toBeUndefined();
  });
});

describe('a batch with invalid events in it', () => {
  const texts = [badTick('a'), tick(2), tick(3), badTick('b'), 'not json', tick(6), badTick('c')];

  test('keeps the rest in order, and says of each invalid one where it went and why', () => {
    const rig = new Rig();
    const outcome = rig.publish(texts);
    expect(outcome).toMatchObject({
      placements: [
        { producerSeq: 2, seq: 1, count: 2 },
        { producerSeq: 6, seq: 3, count: 1 },
      ],
      rejected: [
        { producer_seq: 1, dead_letter: 1, issues: [{ path: 'data.bid' }] },
        { producer_seq: 4, dead_letter: 2 },
        { producer_seq: 5, dead_letter: 3, issues: [{ code: 'json' }] },
        { producer_seq: 7, dead_letter: 4 },
      ],
    });
    expect(textsIn(rig.events)).toEqual([tick(2), tick(3), tick(6)]);
    const letters = textsIn(rig.deadLetterLog).map((text) => JSON.parse(text));
    expect(letters.map(({ payload }) => payload)).toEqual([texts[0], texts[3], texts[4], texts[6]]);
    expect(letters[0]).toMatchObject({
      door: '5572',
      producer: 'p',
      producer_seq: 1,
      event_type: 'market_data',
      source: 'mt5_feed',
      encoding: 'utf8',
    });
  });

  test('sent again is answered the same and written once', () => {
    const rig = new Rig();
    const first = rig.publish(texts);
    expect(rig.publish(texts)).toEqual(first);
    expect(rig.events.nextSeq).toBe(4);
    expect(rig.deadLetterLog.nextSeq).toBe(5);
    expect(rig.counters).toMatchObject({ received: 14, appended: 3, rejected: 4, duplicates: 7 });
  });

  test('sent again while it waits for its commit is answered the same', () => {
    const rig = new Rig();
    const first = rig.send(texts);
    const second = rig.send(texts);
    rig.commit.flush();
    expect(second.outcome).toEqual(first.outcome);
    expect(rig.events.nextSeq).toBe(4);
  });

  test('sent again, longer, is appended from where it is new', () => {
    const rig = new Rig();
    rig.publish(texts.slice(0, 4));
    expect(rig.publish(texts)).toMatchObject({
      placements: [
        { producerSeq: 2, seq: 1, count: 2 },
        { producerSeq: 6, seq: 3, count: 1 },
      ],
      rejected: [{ producer_seq: 1 }, { producer_seq: 4 }, { producer_seq: 5 }, { producer_seq: 7 }],
    });
  });

  test('is not written twice where the bus died between the dead letters and the events', () => {
    const before = new Rig({ events: Object.assign(new FlakyLog(), { failing: true }) });
    expect(before.publish(texts)).toMatchObject({ kind: 'unavailable' });
    const after = new Rig({ deadLetters: before.deadLetterLog });
    expect(after.publish(texts)).toMatchObject({
      rejected: [{ dead_letter: 1 }, {}, {}, { dead_letter: 4 }],
    });
    expect(after.deadLetterLog.nextSeq).toBe(5);
  });
});

test('an event that is not UTF-8 is refused alone, now and when it is sent again', () => {
  const rig = new Rig();
  const body = Buffer.concat([
    Buffer.from(`${tick(1)}\n`),
    Buffer.from(tick('X')).map((byte) => (byte === 0x58 ? 0xff : byte)),
    Buffer.from(`\n${tick(3)}`),
  ]);
  const first = rig.publish(['', '', ''], { body });
  expect(first).toMatchObject({
    placements: [
      { producerSeq: 1, seq: 1, count: 1 },
      { producerSeq: 3, seq: 2, count: 1 },
    ],
    rejected: [{ producer_seq: 2, dead_letter: 1, issues: [{ code: 'json' }] }],
  });
  expect(rig.publish(['', '', ''], { body })).toEqual(first);
  expect(JSON.parse(textsIn(rig.deadLetterLog)[0]!)).toMatchObject({ encoding: 'base64' });
});

test('a repeat of what was appended too long ago to tell has no place, and is still no rejection', () => {
  const rig = new Rig();
  // Every other one goes to another producer, so that each is a run of its own and the first are forgotten.
  for (let n = 1; n <= 100; n += 1) {
    rig.publish([tick(n)], { first: n });
    rig.publish([tick(n)], { first: n, producer: 'other' });
  }
  expect(rig.publish([tick(1), tick(2)], { first: 1 })).toEqual({
    kind: 'appended',
    placements: [{ producerSeq: 1, seq: null, count: 2 }],
    rejected: [],
  });
});

describe('when the log cannot be written', () => {
  test('nobody is acknowledged, nothing is counted, and the same may be sent again', () => {
    const rig = new Rig();
    rig.events.failing = true;
    const first = rig.send([tick(1), badTick(2)]);
    const next = rig.send([tick(3)], { first: 3 });
    rig.commit.flush();
    expect(first.outcome).toMatchObject({ kind: 'unavailable', cause: { code: 'unavailable' } });
    expect(next.outcome).toMatchObject({ kind: 'unavailable' });
    expect(rig.publish([tick(3)], { first: 3 })).toEqual({ kind: 'out_of_sequence', expected: 1 });
    expect(rig.counters).toMatchObject({ appended: 0, rejected: 0 });
    rig.events.failing = false;
    expect(rig.publish([tick(1), badTick(2)])).toMatchObject({
      placements: [{ producerSeq: 1, seq: 1, count: 1 }],
      rejected: [{ producer_seq: 2, dead_letter: 1 }],
    });
    expect(rig.counters).toMatchObject({ appended: 1, rejected: 1 });
  });

  test('dead letters that were written all the same are written once, however many and however often', () => {
    const rig = new Rig();
    rig.events.failing = true;
    const texts = Array.from({ length: 300 }, (_, i) => (i % 2 === 0 ? badTick(i) : tick(i)));
    for (let n = 0; n < 3; n += 1) expect(rig.publish(texts).kind).toBe('unavailable');
    rig.events.failing = false;
    const outcome = rig.publish(texts);
    expect(rig.deadLetterLog.nextSeq).toBe(151);
    const places = outcome.kind === 'appended' ? outcome.rejected.map((each) => each.dead_letter) : [];
    expect(places).toEqual(Array.from({ length: 150 }, (_, i) => i + 1));
  });
});

describe('the live feed', () => {
  test('gets the publisher’s bytes with the seq, in order, and nothing before it is durable', () => {
    const rig = new Rig();
    rig.publish([tick(1), badTick(2), tick(3)]);
    rig.send([tick(4)], { first: 4 });
    rig.broadcast.release();
    expect(rig.sent).toEqual([
      { topic: 'bitten.market_data', payload: `${tick(1).slice(0, -1)},"seq":1}` },
      { topic: 'bitten.market_data', payload: `${tick(3).slice(0, -1)},"seq":2}` },
    ]);
    rig.commit.flush();
    rig.broadcast.release();
    expect(rig.sent.slice(2).map(({ payload }) => JSON.parse(payload).seq)).toEqual([3]);
  });

  test('still gets what was durable when the next commit fails before it is shown', () => {
    const rig = new Rig();
    rig.publish([tick(1)]);
    rig.events.failing = true;
    rig.publish([tick(2)], { first: 2 });
    rig.broadcast.release();
    expect(rig.sent.map(({ payload }) => JSON.parse(payload).seq)).toEqual([1]);
  });
});

describe('who uses the producer id of another', () => {
  test('cannot make the bus tell the other that an event is stored which is not', () => {
    const rig = new Rig();
    rig.publish([tick(1), tick(2)]);
    rig.publish([tick('lie')], { first: 1_000, acked: 999 });
    expect(rig.publish([tick(3), tick(4)], { first: 3, acked: 2 })).toEqual({
      kind: 'disputed',
      producerSeq: 3,
    });
    expect(textsIn(rig.events)).toEqual([tick(1), tick(2), tick('lie')]);
  });

  test('nor where the other has not published yet', () => {
    const rig = new Rig();
    rig.publish([tick('lie')], { first: 1_000, acked: 999 });
    expect(rig.publish([tick(1)], { first: 1 })).toEqual({ kind: 'disputed', producerSeq: 1 });
  });

  test('nor by way of a restart', () => {
    const before = new Rig();
    before.publish([tick(1), tick(2)]);
    before.publish([tick('lie')], { first: 1_000, acked: 999 });
    const rig = new Rig({ events: before.events, deadLetters: before.deadLetterLog });
    expect(rig.publish([tick(3)], { first: 3, acked: 2 })).toEqual({ kind: 'disputed', producerSeq: 3 });
  });

  test('a producer that goes on after the bus was given an older log is believed', () => {
    const rig = new Rig();
    rig.publish([tick(1)]);
    expect(rig.publish([tick(9)], { first: 9, acked: 8 })).toMatchObject({ kind: 'appended' });
    const again = rig.publish([tick(9), tick(10)], { first: 9, acked: 8 });
    expect(again).toMatchObject({
      placements: [
        { producerSeq: 9, seq: 2, count: 1 },
        { producerSeq: 10, seq: 3, count: 1 },
      ],
    });
  });
});
