import { describe, expect, it } from 'vitest';
import { LogUnavailableError } from '../../src/log/index.js';
import { batch, readToEnd } from '../../src/testing/log-batches.js';
import { FaultyIo } from '../../src/testing/log-faults.js';
import { append, backgroundTurn, errorOf, openSmall, quickIo, temporaryDir } from './helpers.js';
import { tell } from './story.js';

const textsOf = (log: Parameters<typeof readToEnd>[0]): string[] => readToEnd(log).map((event) => event.text);

describe('a commit that fails', () => {
  it('leaves the log as it was, tells why, and the next one goes on', () => {
    const io = new FaultyIo();
    const dir = temporaryDir();
    const log = openSmall(dir, { io, durability: 'fsync', name: 'events' });
    append(log, { mark: 'kept', producer: 'p', producerSeq: 1 });
    for (const code of ['ENOSPC', 'EIO']) {
      io.fail(code, ['write']);
      log.stage(batch({ mark: 'lost', count: 3, producer: 'p', producerSeq: 2 }));
      const error = errorOf(() => log.commit());
      expect(error).toBeInstanceOf(LogUnavailableError);
      expect(error).toMatchObject({ code: 'unavailable', errno: code, cause: { code } });
      expect((error as Error).message).toContain('events');
      expect([log.nextSeq, log.stagedBytes, log.lastProducerSeq('p')]).toEqual([2, 0, 1]);
      expect(readToEnd(log)).toHaveLength(1);
    }
    io.heal();
    expect(append(log, { mark: 'next' })).toBe(2);
    log.close();
    const again = openSmall(dir);
    expect(textsOf(again).map((text) => text.slice(9, 13))).toEqual(['kept', 'next']);
    again.close();
  });

  it('writes nothing more until its remains are taken away', () => {
    const io = new FaultyIo(quickIo);
    const dir = temporaryDir();
    const log = openSmall(dir, { io });
    append(log, { mark: 'kept' });
    io.fail('EIO', ['write', 'truncate']);
    expect(() => append(log, { mark: 'lost' })).toThrow(LogUnavailableError);
    io.fail('EIO', ['truncate']);
    expect(() => append(log, { mark: 'refused' })).toThrow(LogUnavailableError);
    io.heal();
    append(log, { mark: 'next' });
    log.close();
    const again = openSmall(dir);
    expect(textsOf(again).map((text) => text.slice(9, 13))).toEqual(['kept', 'next']);
    again.close();
  });

  it('is not there after a restart, wherever it failed once, and the log goes on', async () => {
    for (let n = 1; ; n += 1) {
      const io = new FaultyIo(quickIo);
      const dir = temporaryDir();
      io.failOnce(n, n % 2 === 0 ? 'ENOSPC' : 'EIO');
      const { log, committed, errors } = await tell({ dir, io, durability: 'fsync', goesOn: true });
      for (const error of errors) expect(error).toBeInstanceOf(LogUnavailableError);
      expect(errors.length).toBeLessThanOrEqual(1);
      const { calls } = io;
      io.heal();
      if (log !== null) expect(textsOf(log)).toEqual(committed.slice(log.firstSeq - 1));
      log?.close();
      await backgroundTurn();
      const again = openSmall(dir, { durability: 'fsync', io: quickIo });
      expect(textsOf(again)).toEqual(committed.slice(again.firstSeq - 1));
      expect(append(again)).toBe(committed.length + 1);
      again.close();
      if (n > calls) break;
    }
  }, 60_000);

  it('on a disk that stays full keeps the log readable, and it goes on when there is space', () => {
    const io = new FaultyIo(quickIo);
    const log = openSmall(temporaryDir(), { io, durability: 'fsync' });
    let committed = 0;
    io.fail('ENOSPC', ['open', 'writeLater']);
    for (let i = 0; i < 40; i += 1) {
      try {
        append(log, { eventBytes: 300 });
        committed += 1;
      } catch (error) {
        expect(error).toBeInstanceOf(LogUnavailableError);
      }
    }
    // What is preallocated is used up first.
    expect(committed).toBeGreaterThan(8);
    expect(committed).toBeLessThan(14);
    expect(readToEnd(log)).toHaveLength(committed);
    io.heal();
    expect(append(log)).toBe(committed + 1);
    log.close();
  });

  it('lets a bug through as what it is', () => {
    let broken = false;
    const write: typeof quickIo.write = (...call) => {
      if (broken) throw new TypeError('a bug');
      return quickIo.write(...call);
    };
    const log = openSmall(temporaryDir(), { io: { ...quickIo, write } });
    broken = true;
    expect(() => append(log)).toThrow(TypeError);
    broken = false;
    expect(append(log)).toBe(1);
    log.close();
  });
});

it('writes that take only a part are continued', () => {
  const dir = temporaryDir();
  const io = { ...quickIo, write: shortWrite };
  const log = openSmall(dir, { io });
  for (let i = 0; i < 20; i += 1) append(log, { mark: `m${i}`, eventBytes: 300 });
  log.close();
  const again = openSmall(dir);
  expect(readToEnd(again)).toHaveLength(20);
  again.close();

  function shortWrite(...[fd, from, at]: Parameters<typeof quickIo.write>): number {
    return quickIo.write(fd, from, { ...at, length: Math.min(at.length, 100) });
  }
});

describe('a process that dies', () => {
  for (const durability of ['fsync', 'none'] as const) {
    it(`at any call leaves all that was committed and a prefix of what was staged (${durability})`, async () => {
      for (let n = 1; ; n += 1) {
        const dir = temporaryDir();
        const io = new FaultyIo(quickIo);
        io.dieAt(n);
        const { log, committed, underway } = await tell({ dir, io, durability, goesOn: false });
        log?.close();
        await backgroundTurn();
        const again = openSmall(dir, { durability, io: quickIo });
        const found = textsOf(again);
        expect(found).toEqual([...committed, ...underway].slice(again.firstSeq - 1, again.nextSeq - 1));
        expect(again.nextSeq).toBeGreaterThan(committed.length);
        expect(append(again)).toBe(again.nextSeq - 1);
        again.close();
        if (!io.isDead) break;
      }
    }, 60_000);
  }
});
