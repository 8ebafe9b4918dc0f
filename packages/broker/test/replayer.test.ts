import { GapError } from '@bitten/schema';
import { BeyondEndError, CorruptLogError, MemoryLog } from '@bitten/storage/log';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import {
  type Replayed,
  Replayer,
  type ReplayOrder,
  replaysMax,
  TooManyReplaysError,
} from '../src/replayer.js';
import { tick } from './support/events.js';
import { append, logOf } from './support/log.js';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setImmediate'] });
});
afterEach(() => {
  vi.useRealTimers();
});

interface Sent {
  topic: string;
  payload: string;
}

/** A replayer over a log, and everything it broadcasts. */
function replayerOver(log: MemoryLog, wants: (topic: string) => boolean = () => true) {
  const sent: Sent[] = [];
  const feed = {
    wants,
    send: (topic: string, payload: Buffer) => void sent.push({ topic, payload: payload.toString() }),
  };
  return { replayer: new Replayer({ log, feed, now: () => 1_792_681_200.5 }), sent };
}

interface Asked {
  replayed: Replayed | null;
  error: unknown;
}

function ask(replayer: Replayer, order: Partial<ReplayOrder> = {}): Asked {
  const asked: Asked = { replayed: null, error: null };
  const whole = { name: 'friday', from: 1, to: null, filter: undefined, eventsMax: 1_000, ...order };
  replayer.replay(whole, (error, replayed) => Object.assign(asked, { error, replayed }));
  return asked;
}

/** The same, until it is answered. */
function replay(replayer: Replayer, order: Partial<ReplayOrder> = {}): Asked {
  const asked = ask(replayer, order);
  vi.runAllTimers();
  return asked;
}

const seqsOf = (sent: readonly Sent[]) => sent.map(({ payload }) => JSON.parse(payload).seq as number);

describe('a replay', () => {
  test('broadcasts the bytes of the log in order, on a root of its own, with place and mark', () => {
    const spaced = '{"event_type": "fire_command", "timestamp": 1.0, "source": "webapp", "data": {} } ';
    const log = logOf([tick(1), spaced], [tick(3)]);
    const { replayer, sent } = replayerOver(log);
    expect(replay(replayer).replayed).toEqual({ next: 4, end: 4, sent: 3, unheard: 0 });
    const mark = '"replay":{"id":"friday","at":1792681200.5}';
    expect(sent).toEqual([
      { topic: 'replay.market_data', payload: `${tick(1).slice(0, -1)},"seq":1,${mark}}` },
      { topic: 'replay.fire_command', payload: `${spaced.slice(0, -2)},"seq":2,${mark}}` },
      { topic: 'replay.market_data', payload: `${tick(3).slice(0, -1)},"seq":3,${mark}}` },
    ]);
  });

  test('goes from its first position up to, not including, its last', () => {
    const log = logOf([tick(1), tick(2), tick(3)], [tick(4)]);
    const { replayer, sent } = replayerOver(log);
    expect(replay(replayer, { from: 2, to: 4 }).replayed).toMatchObject({ next: 4, end: 5 });
    expect(seqsOf(sent)).toEqual([2, 3]);
    expect(replay(replayer, { from: 3, to: 2 }).replayed).toEqual({ next: 3, end: 5, sent: 0, unheard: 0 });
    expect(replay(replayer, { from: 4, to: 99 }).replayed).toMatchObject({ next: 5, sent: 1 });
    expect(replay(replayer, { from: 5 }).replayed).toMatchObject({ next: 5, sent: 0 });
  });

  test('stops after as many as it was asked for, and goes on from there', () => {
    const log = logOf([tick(1), tick(2), tick(3), tick(4), tick(5)]);
    const { replayer, sent } = replayerOver(log);
    expect(replay(replayer, { eventsMax: 2 }).replayed).toMatchObject({ next: 3, sent: 2 });
    expect(replay(replayer, { from: 3, eventsMax: 2 }).replayed).toMatchObject({ next: 5, sent: 2 });
    expect(seqsOf(sent)).toEqual([1, 2, 3, 4]);
  });

  test('passes over what its filter does not want', () => {
    const gold = tick(2, { data: { symbol: 'XAUUSD' } });
    const { replayer, sent } = replayerOver(logOf([tick(1), gold, tick(3)]));
    const filter = { symbols: ['XAUUSD'] };
    expect(replay(replayer, { filter }).replayed).toEqual({ next: 4, end: 4, sent: 1, unheard: 0 });
    expect(seqsOf(sent)).toEqual([2]);
  });

  test('tells how many events nobody subscribes to', () => {
    const other = tick('other', { event_type: 'fire_command' });
    const { replayer, sent } = replayerOver(logOf([tick(1), other, tick(3)]), (t) => t.endsWith('command'));
    expect(replay(replayer).replayed).toMatchObject({ sent: 1, unheard: 2 });
    expect(seqsOf(sent)).toEqual([2]);
    // They count: a request about nothing but unheard events ends as well.
    expect(replay(replayer, { eventsMax: 1 }).replayed).toMatchObject({ next: 2, sent: 0, unheard: 1 });
  });

  test('ends at the end of the log as it was when it began', () => {
    const log = logOf([tick(1)]);
    const { replayer, sent } = replayerOver(log);
    const asked = ask(replayer);
    append(log, [tick(2)]);
    vi.runAllTimers();
    expect(asked.replayed).toEqual({ next: 2, end: 3, sent: 1, unheard: 0 });
    expect(seqsOf(sent)).toEqual([1]);
  });
});

describe('the bus goes on meanwhile', () => {
  const many = (count: number, at = 1) => Array.from({ length: count }, (_, i) => tick(at + i));

  test('a long replay is a slice a turn, whoever else is there', () => {
    const { replayer, sent } = replayerOver(logOf(many(1_000), many(1_000)));
    const asked = ask(replayer, { eventsMax: 10_000 });
    expect(sent).toEqual([]);
    vi.advanceTimersToNextTimer();
    expect(sent.length).toBeGreaterThan(0);
    expect(sent.length).toBeLessThanOrEqual(250);
    expect(asked.replayed).toBeNull();
    vi.runAllTimers();
    expect(asked.replayed).toMatchObject({ sent: 2_000 });
    expect(seqsOf(sent)).toEqual(Array.from({ length: 2_000 }, (_, i) => i + 1));
  });

  test('a turn holds one slice however many replays there are, and each gets its turn', () => {
    const { replayer, sent } = replayerOver(logOf(many(1_000)));
    const asked = ['a', 'b', 'c'].map((name) => ask(replayer, { name }));
    const idOf = ({ payload }: Sent) => JSON.parse(payload).replay.id as string;
    for (const name of ['a', 'b', 'c', 'a']) {
      sent.length = 0;
      vi.advanceTimersToNextTimer();
      expect(new Set(sent.map(idOf))).toEqual(new Set([name]));
      expect(sent.length).toBeLessThanOrEqual(250);
    }
    vi.runAllTimers();
    expect(asked.map(({ replayed }) => replayed?.sent)).toEqual([1_000, 1_000, 1_000]);
  });

  test('large events make a slice short', () => {
    const large = tick('x'.repeat(200_000));
    const { replayer, sent } = replayerOver(logOf([large, large, large, large]));
    ask(replayer);
    vi.advanceTimersToNextTimer();
    expect(sent).toHaveLength(2);
  });

  test('a filter that matches nothing is answered in between, so that its client sees it move', () => {
    const large = tick('x'.repeat(1_000_000));
    const { replayer } = replayerOver(logOf(...Array.from({ length: 40 }, () => [large])));
    const { replayed } = replay(replayer, { filter: { types: ['none'] } });
    expect(replayed).toMatchObject({ sent: 0, unheard: 0 });
    expect(replayed!.next).toBeGreaterThan(30);
    expect(replayed!.next).toBeLessThan(40);
  });

  test('one more than it serves at a time is told to come back', () => {
    const { replayer } = replayerOver(logOf([tick(1)]));
    const asked = Array.from({ length: replaysMax }, () => ask(replayer));
    expect(() => ask(replayer)).toThrow(TooManyReplaysError);
    vi.runAllTimers();
    expect(asked.every(({ replayed }) => replayed?.sent === 1)).toBe(true);
    expect(replay(replayer).replayed).toMatchObject({ sent: 1 });
  });

  test('at the close everybody is told how far it came', () => {
    const { replayer, sent } = replayerOver(logOf(many(1_000)));
    const asked = ask(replayer);
    vi.advanceTimersToNextTimer();
    replayer.close();
    expect(asked.replayed).toEqual({ next: sent.length + 1, end: 1_001, sent: sent.length, unheard: 0 });
    vi.runAllTimers();
    expect(asked.replayed?.sent).toBe(sent.length);
  });
});

describe('what is not in the log is not replayed', () => {
  test('past the end', () => {
    const { replayer } = replayerOver(logOf([tick(1)]));
    expect(replay(replayer, { from: 3 }).error).toBeInstanceOf(BeyondEndError);
  });

  test('removed by retention, also while it is still in memory', () => {
    const log = new MemoryLog({ segmentBytesMax: 1_000 });
    for (let n = 1; n <= 20; n += 1) append(log, [tick(n)]);
    const { replayer, sent } = replayerOver(log);
    replay(replayer, { eventsMax: 1 });
    log.retain({ bytesMax: 1, floor: log.nextSeq });
    expect(log.firstSeq).toBeGreaterThan(2);
    expect(replay(replayer, { from: 2 }).error).toBeInstanceOf(GapError);
    expect(replay(replayer, { from: 2, to: 2 }).error).toBeInstanceOf(GapError);
    expect(seqsOf(sent)).toEqual([1]);
  });

  test('damaged: what stands before it is counted first', () => {
    const log = logOf(...Array.from({ length: 600 }, (_, n) => [tick(n)]));
    const read = log.read.bind(log);
    const corrupt = new CorruptLogError({
      file: 'x',
      offset: 1,
      seq: 400,
      found: 'a bad checksum',
      expected: 'a good one',
      remedy: 'none',
    });
    log.read = (from, bytesMax) => {
      const records = read(from, bytesMax).filter(({ seq }) => seq < 400);
      if (records.length === 0) throw corrupt;
      return records;
    };
    const { replayer } = replayerOver(log);
    expect(replay(replayer)).toMatchObject({ error: null, replayed: { next: 400, sent: 399 } });
    expect(replay(replayer, { from: 400 })).toMatchObject({ error: corrupt, replayed: null });
  });
});
