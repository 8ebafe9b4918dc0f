import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Log } from '../log/index.js';
import { batch, readToEnd } from './log-batches.js';
import { type LogHarness, smallSegmentBytes } from './log-harness.js';

/** The part of the contract that is about what is removed and what comes back. */
export function logRetentionContract(name: string, makeHarness: () => LogHarness): void {
  describe(`${name} removes and keeps as told`, () => {
    let harness: LogHarness;
    let log: Log;

    beforeEach(() => {
      harness = makeHarness();
      log = harness.open({ segmentBytesMax: smallSegmentBytes });
      for (let i = 0; i < 100; i += 1) {
        log.stage(
          batch({ appendedAt: 1000 + i, eventBytes: 200, mark: `m${i}`, producer: 'p', producerSeq: 1 + i }),
        );
        log.commit();
      }
    });

    afterEach(() => {
      log.close();
      harness.cleanup();
    });

    it('fits the log to a size, oldest first, by whole segments', () => {
      const before = log.stats();
      const removed = log.retain({ bytesMax: 3 * smallSegmentBytes, floor: log.nextSeq });
      const after = log.stats();
      expect(removed).toBe(log.firstSeq - 1);
      expect(after.segments).toBeLessThan(before.segments);
      expect(after.bytes).toBeLessThanOrEqual(3 * smallSegmentBytes);
      expect(after.bytes).toBeGreaterThan(smallSegmentBytes);
      expect(readToEnd(log)[0]!.text).toContain(`m${log.firstSeq - 1}.`);
      expect(log.nextSeq).toBe(101);
    });

    it('removes what was appended before a time, never a later event', () => {
      expect(log.retain({ appendedBefore: 1050, floor: log.nextSeq })).toBeGreaterThan(20);
      expect(log.firstSeq).toBeLessThanOrEqual(51);
      expect(log.seqAtTime(0)).toBe(log.firstSeq);
      expect(log.seqAtTime(1070)).toBe(71);
    });

    it('never passes the floor', () => {
      expect(log.retain({ bytesMax: 0, floor: 1 })).toBe(0);
      log.retain({ bytesMax: 0, floor: 40 });
      expect(log.firstSeq).toBeLessThanOrEqual(40);
      expect(log.firstSeq).toBeGreaterThan(10);
    });

    it('keeps the segment that is written, and does nothing without a reason', () => {
      expect(log.retain({ floor: log.nextSeq })).toBe(0);
      log.retain({ bytesMax: 0, appendedBefore: 5000, floor: log.nextSeq });
      expect(log.stats().segments).toBe(1);
      log.stage(batch({ mark: 'next' }));
      log.commit();
      expect(log.nextSeq).toBe(102);
      expect(readToEnd(log).at(-1)!.text).toContain('next');
    });

    it('is the same log when it is opened again', () => {
      if (!harness.survivesClose) return;
      log.retain({ bytesMax: 3 * smallSegmentBytes, floor: log.nextSeq });
      const before = {
        id: log.id,
        first: log.firstSeq,
        next: log.nextSeq,
        stats: log.stats(),
        all: readToEnd(log),
      };
      log.stage(batch({ mark: 'never committed' }));
      log.close();
      log = harness.open({ segmentBytesMax: smallSegmentBytes });
      const after = {
        id: log.id,
        first: log.firstSeq,
        next: log.nextSeq,
        stats: log.stats(),
        all: readToEnd(log),
      };
      expect(after).toEqual(before);
      expect(log.lastProducerSeq('p')).toBe(100);
      expect(log.placements('p', 100, 100)).toEqual([{ producerSeq: 100, seq: 100, count: 1 }]);
      log.stage(batch({ appendedAt: 5 }));
      log.commit();
      expect(readToEnd(log).at(-1)).toMatchObject({ seq: 101, appendedAt: 1099 });
    });
  });
}
