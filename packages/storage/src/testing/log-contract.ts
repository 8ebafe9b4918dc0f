import { GapError } from '@bitten/schema';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BeyondEndError, type Log } from '../log/index.js';
import { batch, eventsOf, readToEnd } from './log-batches.js';
import { type LogHarness, smallSegmentBytes } from './log-harness.js';
import { logModelContract } from './log-model.js';
import { logRetentionContract } from './log-retention-contract.js';

/** What every `Log` promises, to be run over each implementation; `randomLives` are compared with an array. */
export function logContract(name: string, makeHarness: () => LogHarness, randomLives = 60): void {
  describe(`${name} keeps the contract of a log`, () => {
    let harness: LogHarness;
    let log: Log;

    beforeEach(() => {
      harness = makeHarness();
      log = harness.open({ segmentBytesMax: smallSegmentBytes });
    });

    afterEach(() => {
      log.close();
      harness.cleanup();
    });

    const append = (...records: Parameters<typeof batch>): number => {
      const seq = log.stage(batch(...records));
      log.commit();
      return seq;
    };

    describe('places', () => {
      it('begins empty, at 1', () => {
        expect([log.firstSeq, log.nextSeq]).toEqual([1, 1]);
        expect(log.read(1, 1000)).toEqual([]);
        expect(log.stats().lastAppendedAt).toBeNull();
      });

      it('gives each event the place after the one before', () => {
        expect(log.stage(batch({ count: 3 }))).toBe(1);
        expect(log.stage(batch({ count: 2 }))).toBe(4);
        log.commit();
        expect(log.stage(batch())).toBe(6);
        log.commit();
        expect(readToEnd(log).map((event) => event.seq)).toEqual([1, 2, 3, 4, 5, 6]);
      });

      it('gives back what was appended, byte for byte', () => {
        const record = batch({ count: 2, producer: 'p:1', producerSeq: 7, appendedAt: 1757957318.1234567 });
        log.stage(record);
        log.commit();
        expect(log.read(1, 1000)).toEqual([{ ...record, seq: 1 }]);
      });

      it('keeps its own copy of what is staged', () => {
        const record = batch({ mark: 'mine' });
        log.stage(record);
        record.body.fill('!');
        log.commit();
        expect(readToEnd(log)[0]!.text).toContain('mine');
      });

      it('refuses a record whose count is not that of its lines', () => {
        expect(() => log.stage({ ...batch({ count: 2 }), count: 3 })).toThrow(/lines/);
        expect(log.stagedBytes).toBe(0);
      });
    });

    describe('commit', () => {
      it('shows nothing before it, and everything after it', () => {
        log.stage(batch({ count: 2, producer: 'p', producerSeq: 1 }));
        expect(log.stagedBytes).toBeGreaterThan(60);
        expect(log.nextSeq).toBe(1);
        expect(log.read(1, 1000)).toEqual([]);
        expect(log.lastProducerSeq('p')).toBeUndefined();
        log.commit();
        expect(log.stagedBytes).toBe(0);
        expect(log.nextSeq).toBe(3);
        expect(readToEnd(log)).toHaveLength(2);
      });

      it('does nothing where nothing is staged', () => {
        log.commit();
        expect(log.nextSeq).toBe(1);
      });

      it('writes nothing of what is discarded', () => {
        log.stage(batch({ mark: 'dropped', producer: 'p', producerSeq: 1 }));
        log.discard();
        expect(log.stagedBytes).toBe(0);
        expect(append({ mark: 'kept' })).toBe(1);
        expect(readToEnd(log).map((event) => event.text)).toEqual([expect.stringContaining('kept')]);
        expect(log.lastProducerSeq('p')).toBeUndefined();
      });

      it('takes a commit larger than a segment', () => {
        append({ mark: 'before' });
        append({ mark: 'large', count: 5, eventBytes: 3 * smallSegmentBytes });
        append({ mark: 'after' });
        expect(readToEnd(log).map((event) => event.seq)).toEqual([1, 2, 3, 4, 5, 6, 7]);
      });
    });

    describe('time', () => {
      it('holds a clock that runs backwards', () => {
        append({ appendedAt: 2000 });
        append({ appendedAt: 1500 });
        log.stage(batch({ appendedAt: 2100 }));
        log.stage(batch({ appendedAt: 1999 }));
        log.commit();
        expect(readToEnd(log).map((event) => event.appendedAt)).toEqual([2000, 2000, 2100, 2100]);
        expect(log.stats().lastAppendedAt).toBe(2100);
      });

      it('finds the first event appended at or after a time', () => {
        expect(log.seqAtTime(0)).toBe(1);
        for (let i = 0; i < 60; i += 1) append({ appendedAt: 1000 + 10 * i, count: 2, eventBytes: 200 });
        expect(log.seqAtTime(0)).toBe(1);
        expect(log.seqAtTime(1000)).toBe(1);
        for (let i = 1; i < 60; i += 1) {
          expect(log.seqAtTime(1000 + 10 * i)).toBe(1 + 2 * i);
          expect(log.seqAtTime(1000 + 10 * i - 5)).toBe(1 + 2 * i);
        }
        expect(log.seqAtTime(1590.1)).toBe(log.nextSeq);
      });
    });

    describe('read', () => {
      it('begins in the middle of a record where it is asked to', () => {
        log.stage(batch({ count: 5, producer: 'p', producerSeq: 11 }));
        log.commit();
        for (let from = 1; from <= 5; from += 1) {
          const [record] = log.read(from, 1000);
          expect(record).toMatchObject({ seq: from, count: 6 - from, producerSeq: 10 + from });
          expect(eventsOf([record!])[0]!.text).toContain(`e.${from - 1}`);
        }
      });

      it('gives about what was asked for, and at least one record', () => {
        for (let i = 0; i < 8; i += 1) log.stage(batch({ eventBytes: 200 }));
        log.commit();
        expect(log.read(1, 1)).toHaveLength(1);
        expect(log.read(2, 600).length).toBeGreaterThanOrEqual(2);
        expect(log.read(2, 600).length).toBeLessThanOrEqual(3);
        expect(log.read(3, 1_000_000)).toHaveLength(6);
      });

      it('serves readers at different places, whatever their order', () => {
        for (let i = 0; i < 200; i += 1) append({ count: 1 + (i % 3), eventBytes: 100, mark: `m${i}` });
        const all = readToEnd(log);
        const places = Array.from({ length: 50 }, (_, i) => 1 + ((i * 7919) % (log.nextSeq - 1)));
        for (const from of places) {
          expect(eventsOf(log.read(from, 300))[0]).toEqual(all[from - 1]);
          expect(readToEnd(log, from, 777)).toEqual(all.slice(from - 1));
        }
      });

      it('follows a writer without a gap or a repeat', () => {
        let next = 1;
        for (let i = 0; i < 300; i += 1) {
          append({ mark: `m${i}`, eventBytes: 90 });
          const read = eventsOf(log.read(next, 1000));
          expect(read.map((event) => event.seq)).toEqual([i + 1]);
          next += read.length;
          expect(log.read(next, 1000)).toEqual([]);
        }
      });

      it('refuses a position past the end', () => {
        append();
        expect(() => log.read(3, 1000)).toThrow(BeyondEndError);
        expect(() => log.read(3, 1000)).toThrow(expect.objectContaining({ from: 3, end: 2 }));
      });
    });

    describe('producers', () => {
      it('knows how far each has come', () => {
        append({ producer: 'a', producerSeq: 1, count: 3 });
        append({ producer: 'b', producerSeq: 10, count: 2 });
        append({ producer: 'a', producerSeq: 5 });
        append({ count: 4 });
        expect([log.lastProducerSeq('a'), log.lastProducerSeq('b')]).toEqual([5, 11]);
        expect(log.lastProducerSeq('c')).toBeUndefined();
        expect(log.lastProducerSeq('')).toBeUndefined();
      });

      it('knows where their last events are, and says which it does not know', () => {
        append({ producer: 'a', producerSeq: 1, count: 3 });
        append({ producer: 'a', producerSeq: 4, count: 2 });
        append({ producer: 'b', producerSeq: 1 });
        append({ producer: 'a', producerSeq: 8, count: 2 });
        expect(log.placements('a', 2, 9)).toEqual([
          { producerSeq: 2, seq: 2, count: 4 },
          { producerSeq: 6, seq: null, count: 2 },
          { producerSeq: 8, seq: 7, count: 2 },
        ]);
        expect(log.placements('a', 9, 9)).toEqual([{ producerSeq: 9, seq: 8, count: 1 }]);
        expect(log.placements('nobody', 1, 5)).toEqual([{ producerSeq: 1, seq: null, count: 5 }]);
      });

      it('forgets the places of a long time ago, not how far a producer has come', () => {
        for (let i = 1; i <= 200; i += 1) {
          append({ producer: 'a', producerSeq: i });
          append({ producer: 'b', producerSeq: i });
        }
        expect(log.placements('a', 1, 1)).toEqual([{ producerSeq: 1, seq: null, count: 1 }]);
        expect(log.placements('a', 200, 200)).toEqual([{ producerSeq: 200, seq: 399, count: 1 }]);
        expect(log.lastProducerSeq('a')).toBe(200);
      });
    });

    it('tells a reader that retention has overtaken what is gone', () => {
      for (let i = 0; i < 100; i += 1) append({ eventBytes: 200 });
      log.retain({ bytesMax: 2 * smallSegmentBytes, floor: log.nextSeq });
      expect(log.firstSeq).toBeGreaterThan(1);
      expect(() => log.read(1, 1000)).toThrow(GapError);
      expect(() => log.read(1, 1000)).toThrow(expect.objectContaining({ from: 1, to: log.firstSeq }));
    });
  });

  logRetentionContract(name, makeHarness);
  logModelContract(name, makeHarness, randomLives);
}
