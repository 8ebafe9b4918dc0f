import { fstatSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type LogIo, LogUnavailableError } from '../../src/log/index.js';
import { readToEnd } from '../../src/testing/log-batches.js';
import { append, backgroundTurn, openSmall, quickIo, temporaryDir } from './helpers.js';

const segmentBytesMax = 64 * 1024;

interface Disk {
  io: LogIo;
  /** Bytes that all files of the log may have together. */
  capacity: number;
  /** Holds what is written in the background until it is let go. */
  holds: boolean;
  release(): void;
}

/** A disk of a size, of which the log is the only user: a file that would grow past it is cut off with ENOSPC. */
function diskOf(dir: string, capacity: number): Disk {
  const held: Array<() => void> = [];
  const used = (): number => readdirSync(dir).reduce((sum, name) => sum + statSync(join(dir, name)).size, 0);
  const write: LogIo['write'] = (fd, from, at) => {
    const grows = Math.max(0, at.position + at.length - Math.max(fstatSync(fd).size, at.position));
    const room = Math.max(0, disk.capacity - used());
    if (grows <= room) return quickIo.write(fd, from, at);
    const length = at.length - grows + room;
    if (length <= 0) throw Object.assign(new Error('ENOSPC: the disk is full'), { code: 'ENOSPC' });
    return quickIo.write(fd, from, { ...at, length });
  };
  const disk: Disk = {
    capacity,
    holds: false,
    release: () => {
      for (const go of held.splice(0)) go();
    },
    io: {
      ...quickIo,
      write,
      writeLater(fd, from, at, done) {
        const go = (): void => {
          try {
            done(null, write(fd, from, at));
          } catch (error) {
            done(error as Error, 0);
          }
        };
        if (disk.holds) held.push(go);
        else setImmediate(go);
      },
      syncLater: (_fd, done) => void setImmediate(done, null),
    },
  };
  return disk;
}

const prepared = (dir: string): string[] => readdirSync(dir).filter((name) => name.startsWith('next-'));

describe('on a disk that is full', () => {
  it('the log fills it to its end, with nothing kept for later, and goes on when there is more', async () => {
    const dir = temporaryDir();
    const disk = diskOf(dir, 6 * segmentBytesMax);
    const log = openSmall(dir, { io: disk.io, durability: 'fsync', segmentBytesMax });
    let committed = 0;
    let sawPrepared = false;
    // A disk of six segments: what is written and what is prepared reach its end together.
    for (let i = 0; i < 1_000; i += 1) {
      try {
        append(log, { eventBytes: 2_000 });
        committed += 1;
      } catch (error) {
        expect(error).toBeInstanceOf(LogUnavailableError);
        break;
      }
      await backgroundTurn();
      sawPrepared ||= prepared(dir).length > 0;
    }
    expect(sawPrepared).toBe(true);
    expect(prepared(dir), 'nothing is kept for later').toEqual([]);
    expect(log.stats().bytes, 'the disk is used to its end').toBeGreaterThan(disk.capacity - 8_000);
    expect(readToEnd(log)).toHaveLength(committed);
    expect(() => append(log, { eventBytes: 2_000 })).toThrow(LogUnavailableError);

    disk.capacity *= 2;
    expect(append(log)).toBe(committed + 1);
    for (let i = 0; i < 60; i += 1) {
      append(log, { eventBytes: 2_000 });
      await backgroundTurn();
    }
    expect(log.nextSeq).toBe(committed + 62);
    log.close();
    const again = openSmall(dir, { segmentBytesMax });
    expect(readToEnd(again)).toHaveLength(committed + 61);
    again.close();
  });

  it('the room prepared for the next segment is given to the commit that needs it', async () => {
    const dir = temporaryDir();
    const disk = diskOf(dir, Number.POSITIVE_INFINITY);
    const log = openSmall(dir, { io: disk.io, durability: 'fsync', segmentBytesMax });
    disk.holds = true;
    for (let i = 0; i < 34; i += 1) append(log, { eventBytes: 2_000 });
    disk.holds = false;
    disk.release();
    for (let i = 0; i < 5; i += 1) {
      await backgroundTurn();
      append(log, { eventBytes: 100 });
    }
    expect(statSync(join(dir, prepared(dir)[0]!)).size).toBe(segmentBytesMax);
    disk.capacity = readdirSync(dir).reduce((sum, name) => sum + statSync(join(dir, name)).size, 500);
    expect(append(log, { eventBytes: 2_000 })).toBe(40);
    expect(prepared(dir)).toEqual([]);
    log.close();
  });

  it('a chunk that is on its way while its file is given back goes with it', async () => {
    const dir = temporaryDir();
    const disk = diskOf(dir, Number.POSITIVE_INFINITY);
    const log = openSmall(dir, { io: disk.io, durability: 'fsync', segmentBytesMax });
    disk.holds = true;
    // Fills the first segment, and goes on in a growing one while the chunk of the next one is on its way.
    for (let i = 0; i < 34; i += 1) append(log, { eventBytes: 2_000 });
    expect(prepared(dir)).toHaveLength(1);
    disk.capacity = 0;
    expect(() => append(log, { eventBytes: 2_000 })).toThrow(LogUnavailableError);
    disk.capacity = Number.POSITIVE_INFINITY;
    disk.holds = false;
    disk.release();
    await backgroundTurn();
    expect(prepared(dir), 'its file is gone').toEqual([]);
    // The next one is prepared as ever, and is used.
    for (let i = 0; i < 80; i += 1) {
      append(log, { eventBytes: 2_000 });
      await backgroundTurn();
    }
    expect(readToEnd(log)).toHaveLength(114);
    log.close();
    await backgroundTurn();
    expect(prepared(dir)).toEqual([]);
  });

  it('retention removes what it may, and that is enough to go on', () => {
    const dir = temporaryDir();
    const disk = diskOf(dir, 4 * segmentBytesMax);
    const log = openSmall(dir, { io: disk.io, durability: 'fsync', segmentBytesMax });
    const fill = (): void => {
      for (let i = 0; i < 1_000; i += 1) append(log, { eventBytes: 2_000 });
    };
    expect(fill).toThrow(LogUnavailableError);
    const { nextSeq } = log;
    expect(log.retain({ bytesMax: segmentBytesMax, floor: nextSeq })).toBeGreaterThan(0);
    expect(append(log, { eventBytes: 2_000 })).toBe(nextSeq);
    log.close();
  });
});
