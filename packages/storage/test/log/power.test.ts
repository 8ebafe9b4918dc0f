import { describe, expect, it } from 'vitest';
import { readToEnd } from '../../src/testing/log-batches.js';
import { append, openSmall } from './helpers.js';
import { SimulatedDisk } from './simulated-disk.js';
import { tell } from './story.js';

/** A small generator with a seed, so that a failure can be seen again. */
function randomFrom(seed: number): () => number {
  let state = seed * 2_654_435_761;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const dir = '/simulated/log';

describe('a power cut', () => {
  const cases = [
    { seed: 1, scale: 1 },
    { seed: 2, scale: 1 },
    // Large enough that the preallocated rest of a segment is kept when it is opened again.
    { seed: 3, scale: 40 },
  ];
  for (const { seed, scale } of cases) {
    it(`at any call takes nothing that was committed, and leaves whole records (seed ${seed}, scale ${scale})`, async () => {
      const random = randomFrom(seed);
      for (let n = 1; ; n += 1) {
        const disk = new SimulatedDisk(random);
        disk.dieAt(n);
        const { committed, underway } = await tell({
          dir,
          io: disk,
          durability: 'fsync',
          goesOn: false,
          scale,
        });
        const survivor = interruptedRecovery(disk.restart(), random);
        const log = openSmall(dir, { io: survivor, durability: 'fsync' });
        const events = [...committed, ...underway];
        const context = `power cut within call ${n}`;
        expect(log.nextSeq - 1, context).toBeGreaterThanOrEqual(committed.length);
        expect(
          readToEnd(log).map((event) => event.text),
          context,
        ).toEqual(events.slice(log.firstSeq - 1, log.nextSeq - 1));
        if (committed.length > 0) expect(log.lastProducerSeq('early'), context).toBe(41);
        const last = log.nextSeq;
        expect(append(log, { mark: 'next' }), context).toBe(last);
        // What was found once is there for good.
        const again = openSmall(dir, { io: survivor.restart(), durability: 'fsync' });
        expect(readToEnd(again).at(-1), context).toMatchObject({ seq: last });
        expect(again.firstSeq, context).toBe(log.firstSeq);
        if (!disk.isDead) break;
      }
    }, 60_000);
  }

  /** The power may fail again while the log is being opened. */
  function interruptedRecovery(disk: SimulatedDisk, random: () => number): SimulatedDisk {
    disk.dieAt(1 + Math.floor(random() * 40));
    try {
      openSmall(dir, { io: disk, durability: 'fsync' });
    } catch (error) {
      expect(error).toMatchObject({ code: 'unavailable' });
    }
    return disk.restart();
  }
});
