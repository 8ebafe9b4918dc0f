import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type LogIo, LogUnavailableError, openLog, type SegmentLog } from '../../src/log/index.js';
import { batch, eventsOf, readToEnd } from '../../src/testing/log-batches.js';
import { FaultyIo } from '../../src/testing/log-faults.js';
import { append, backgroundTurn, errorOf, openSmall, quickIo, temporaryDir } from './helpers.js';

const named = (dir: string, ending: string): string[] =>
  readdirSync(dir).filter((name) => name.endsWith(ending));

describe('the files', () => {
  it('are for their owner alone', () => {
    const dir = temporaryDir();
    const log = openSmall(dir);
    for (let i = 0; i < 40; i += 1) append(log, { eventBytes: 300, producer: 'p', producerSeq: i + 1 });
    log.close();
    expect(statSync(dir).mode & 0o777).toBe(0o700);
    for (const name of readdirSync(dir)) expect(statSync(join(dir, name)).mode & 0o777, name).toBe(0o600);
    for (const ending of ['.seg', '.idx', '.producers', 'log.json']) {
      expect(named(dir, ending).length, ending).toBeGreaterThan(0);
    }
  });

  it('of closed segments are cut to their size, and go when retention takes them', async () => {
    const dir = temporaryDir();
    const log = openSmall(dir, { durability: 'fsync', io: new FaultyIo(quickIo) });
    for (let i = 0; i < 60; i += 1) {
      append(log, { eventBytes: 300 });
      await backgroundTurn();
    }
    const sizes = named(dir, '.seg').map((name) => statSync(join(dir, name)).size);
    for (const size of sizes.slice(0, -1)) expect(size).toBeLessThan(4096);
    // The one that is written was prepared in the background.
    expect(sizes.at(-1)).toBe(4096);
    log.retain({ bytesMax: 0, floor: log.nextSeq });
    expect([named(dir, '.seg').length, named(dir, '.idx').length, named(dir, '.producers').length]).toEqual([
      1, 0, 1,
    ]);
    log.close();
    await backgroundTurn();
    expect(named(dir, '.tmp')).toEqual([]);
  });

  it('left over from interrupted work are cleared away, others are not touched', () => {
    const dir = temporaryDir();
    openSmall(dir).close();
    const leftovers = [
      'segment.tmp',
      'next-0192f0aa-bbbb-7ccc-8ddd-eeeeeeeeeeee.tmp',
      '00000000000000000009.idx',
    ];
    for (const name of [...leftovers, 'cursors.json', 'cursors.json.tmp'])
      writeFileSync(join(dir, name), '?');
    openSmall(dir).close();
    expect(readdirSync(dir).sort()).toEqual([
      '00000000000000000001.seg',
      'cursors.json',
      'cursors.json.tmp',
      'log.json',
    ]);
  });
});

describe('opening', () => {
  it('reads of closed segments no more than their headers', () => {
    const dir = temporaryDir();
    const log = openSmall(dir);
    for (let i = 0; i < 200; i += 1) append(log, { eventBytes: 300, producer: 'p', producerSeq: i + 1 });
    log.close();
    const last = named(dir, '.seg').at(-1)!;
    let bytesOfOthers = 0;
    let path = '';
    const io: LogIo = {
      ...quickIo,
      open(file, flags) {
        path = file;
        return quickIo.open(file, flags);
      },
      read(fd, into, at) {
        if (path.endsWith('.seg') && !path.endsWith(last)) bytesOfOthers += at.length;
        return quickIo.read(fd, into, at);
      },
    };
    const again = openSmall(dir, { io });
    expect(bytesOfOthers).toBe(64 * (again.stats().segments - 1));
    expect(again.nextSeq).toBe(201);
    again.close();
  });

  it('goes on in a preallocated segment where it was', () => {
    const dir = temporaryDir();
    for (let i = 1; i <= 5; i += 1) {
      const log = openSmall(dir, { durability: 'fsync', segmentBytesMax: 256 * 1024 });
      expect(append(log, { mark: `m${i}` })).toBe(i);
      log.close();
    }
    expect(named(dir, '.seg')).toHaveLength(1);
    expect(statSync(join(dir, '00000000000000000001.seg')).size).toBe(256 * 1024);
  });

  it('gives a log one name for its life', () => {
    const [one, two] = [temporaryDir(), temporaryDir()];
    const ids = [one, one, two].map((dir) => {
      const log = openSmall(dir);
      log.close();
      return log.id;
    });
    expect(ids[0]).toMatch(/^[0-9a-f-]{36}$/);
    expect(ids[1]).toBe(ids[0]);
    expect(ids[2]).not.toBe(ids[0]);
  });

  it('says so where the folder cannot be used', () => {
    const dir = temporaryDir();
    writeFileSync(dir, 'a file where the folder should be');
    const error = errorOf(() => openLog({ dir, durability: 'fsync', name: 'events' }));
    expect(error).toBeInstanceOf(LogUnavailableError);
    expect(error).toMatchObject({ errno: 'EEXIST', remedy: expect.any(String) });
  });

  it('refuses segments too small to be of use', () => {
    expect(() => openSmall(temporaryDir(), { segmentBytesMax: 4095 })).toThrow(/4 KiB/);
  });
});

describe('the next segment', () => {
  it('is written without waiting where it is not prepared', () => {
    const dir = temporaryDir();
    const log = openSmall(dir, { durability: 'fsync', io: quickIo });
    // The event loop never turns: nothing in the background can be reported.
    for (let i = 0; i < 60; i += 1) append(log, { eventBytes: 300 });
    expect(log.stats().segments).toBeGreaterThan(4);
    expect(readToEnd(log)).toHaveLength(60);
    log.close();
  });

  it('does without preparation where that fails', async () => {
    const io = new FaultyIo(quickIo);
    const log = openSmall(temporaryDir(), { durability: 'fsync', io });
    io.fail('ENOSPC', ['writeLater']);
    for (let i = 0; i < 60; i += 1) {
      append(log, { eventBytes: 300 });
      await backgroundTurn();
    }
    expect(readToEnd(log)).toHaveLength(60);
    log.close();
  });
});

describe('a large segment', () => {
  it('is read from any place and any time, with its index, without it, and when opened again', () => {
    const dir = temporaryDir();
    const options = { segmentBytesMax: 8 * 1024 * 1024 };
    const log = openSmall(dir, options);
    // Small records, and some larger than what is read of a file at once.
    for (let i = 0; i < 3000; i += 1) {
      log.stage(
        batch({ appendedAt: 1000 + i, eventBytes: i % 1000 === 500 ? 1_500_000 : 300, mark: `m${i}` }),
      );
      if (i % 10 === 9) log.commit();
    }
    expect(log.stats().segments).toBe(1);
    checkPlaces(log);
    log.close();
    const open = openSmall(dir, options);
    checkPlaces(open);
    // It is closed by the next commit, and then found by its index.
    append(open, { eventBytes: 4_000_000, appendedAt: 9000 });
    expect(open.stats().segments).toBe(2);
    checkPlaces(open);
    open.close();
    for (const name of ['with its index', 'without it']) {
      if (name === 'without it') rmSync(join(dir, '00000000000000000001.idx'));
      const closed = openSmall(dir, options);
      checkPlaces(closed);
      closed.close();
    }
  });

  function checkPlaces(log: SegmentLog): void {
    for (let i = 7; i < 3000; i += 37) {
      const [event] = eventsOf(log.read(i + 1, 2000));
      expect(event).toMatchObject({ seq: i + 1, appendedAt: 1000 + i });
      expect(event!.text.slice(0, 20)).toContain(`"m${i}.0"`);
      expect(log.seqAtTime(1000 + i - 0.5)).toBe(i + 1);
    }
  }
});

it('an open log does not show what another program appends to its file', () => {
  const dir = temporaryDir();
  const log = openSmall(dir);
  append(log, { mark: 'mine' });
  const file = join(dir, '00000000000000000001.seg');
  writeFileSync(file, Buffer.concat([readFileSync(file), Buffer.from('noise')]));
  expect(readToEnd(log)).toHaveLength(1);
  log.close();
});
