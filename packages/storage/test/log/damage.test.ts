import { readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { CorruptLogError } from '../../src/log/index.js';
import { eventsOf, readToEnd } from '../../src/testing/log-batches.js';
import { append, errorOf, openSmall, temporaryDir } from './helpers.js';

const first = '00000000000000000001.seg';
let dir: string;

beforeEach(() => {
  dir = temporaryDir();
});

function flip(file: string, offset: number): void {
  const content = readFileSync(join(dir, file));
  content[offset] = content[offset]! ^ 0x41;
  writeFileSync(join(dir, file), content);
}

/** Three commits; returns where each begins in the file, and the end. */
function threeCommits(): { content: Buffer; begins: number[] } {
  const log = openSmall(dir, { segmentBytesMax: 1024 * 1024 });
  const begins = [log.stats().bytes];
  for (const mark of ['one', 'two', 'three']) {
    append(log, { mark, count: 2, producer: 'p', producerSeq: log.nextSeq });
    begins.push(log.stats().bytes);
  }
  log.close();
  return { content: readFileSync(join(dir, first)), begins };
}

describe('names without content, as a power cut leaves them where nothing was synced', () => {
  const lose = (...names: string[]) => {
    for (const name of names) writeFileSync(join(dir, name), '');
  };

  it('make a new log of one that is not durable', () => {
    threeCommits();
    lose(first, 'log.json');
    const log = openSmall(dir);
    expect(log.nextSeq).toBe(1);
    expect(append(log, { mark: 'again' })).toBe(1);
    log.close();
  });

  it('are refused by one that is: its segments are synced before they appear', () => {
    threeCommits();
    lose(first, 'log.json');
    expect(errorOf(() => openSmall(dir, { durability: 'fsync' }))).toBeInstanceOf(CorruptLogError);
  });
});

describe('a segment cut within its header', () => {
  it('is refused with its place, however much of the header is zeros', () => {
    const { content } = threeCommits();
    for (let cut = 1; cut < 64; cut += 1) {
      writeFileSync(join(dir, first), content.subarray(0, cut));
      const error = errorOf(() => openSmall(dir, { durability: 'fsync' }));
      expect(error, `cut at ${cut}`).toBeInstanceOf(CorruptLogError);
    }
  });
});

describe('a torn tail', () => {
  it('is removed, wherever the last record is cut', () => {
    const { content, begins } = threeCommits();
    const [, , begin, end] = begins as [number, number, number, number];
    for (let cut = begin; cut < end; cut += 1) {
      writeFileSync(join(dir, first), content.subarray(0, cut));
      const log = openSmall(dir);
      expect(log.nextSeq).toBe(5);
      expect(log.lastProducerSeq('p')).toBe(4);
      expect(append(log, { mark: 'again' })).toBe(5);
      log.close();
    }
  });

  it('is removed from a preallocated segment, wherever it is cut, and leaves it zero', () => {
    const { content, begins } = threeCommits();
    const [, , begin, end] = begins as [number, number, number, number];
    for (let cut = begin; cut < end; cut += 7) {
      writeFileSync(join(dir, first), Buffer.concat([content.subarray(0, cut), Buffer.alloc(200_000)]));
      const log = openSmall(dir);
      expect(log.nextSeq).toBe(5);
      log.close();
      const after = readFileSync(join(dir, first));
      expect(after.subarray(0, begin).equals(content.subarray(0, begin))).toBe(true);
      expect(after.subarray(begin).every((byte) => byte === 0)).toBe(true);
      expect(after.length).toBe(cut + 200_000);
    }
  });

  it('may have holes: what came to the disk of a commit in any order was never acknowledged', () => {
    const log = openSmall(dir, { segmentBytesMax: 1024 * 1024 });
    append(log, { mark: 'acknowledged' });
    const begin = log.stats().bytes;
    for (const mark of ['a', 'b', 'c']) log.stage({ ...batchOf(mark) });
    log.commit();
    log.close();
    const content = readFileSync(join(dir, first));
    const second = content.indexOf('"b.0"');
    content.fill(0, second - 40, second + 10);
    writeFileSync(join(dir, first), content);
    const again = openSmall(dir);
    expect(readToEnd(again).map((event) => event.text.slice(0, 12))).toEqual([
      '{"mark":"ack',
      '{"mark":"a.0',
    ]);
    expect(statSync(join(dir, first)).size).toBeLessThan(content.length);
    expect(begin).toBeLessThan(again.stats().bytes);
    again.close();
  });
});

function batchOf(mark: string) {
  return {
    count: 1,
    producer: '',
    producerSeq: 0,
    appendedAt: 1000,
    body: Buffer.from(`{"mark":"${mark}.0","pad":"${'x'.repeat(50)}"}`),
  };
}

describe('damage to acknowledged events', () => {
  it('in the last segment stops it from opening, with the place, and changes nothing', () => {
    const { content, begins } = threeCommits();
    const [, begin, end] = begins as [number, number, number, number];
    for (let offset = begin; offset < end; offset += 1) {
      writeFileSync(join(dir, first), content);
      flip(first, offset);
      const damaged = readFileSync(join(dir, first));
      const error = errorOf(() => openSmall(dir));
      expect(error).toBeInstanceOf(CorruptLogError);
      expect(error).toMatchObject({ code: 'corrupt', file: join(dir, first), offset: begin, seq: 3 });
      expect(readFileSync(join(dir, first)).equals(damaged)).toBe(true);
    }
  });

  it('can be cut off as the error says', () => {
    const { begins } = threeCommits();
    flip(first, begins[1]! + 50);
    expect(() => openSmall(dir)).toThrow(
      expect.objectContaining({ remedy: expect.stringContaining(`${begins[1]}`) }),
    );
    truncateSync(join(dir, first), begins[1]);
    const log = openSmall(dir);
    expect(log.nextSeq).toBe(3);
    log.close();
  });

  it('in a closed segment is told to who reads it, and to nobody else', () => {
    const log = openSmall(dir);
    for (let i = 0; i < 60; i += 1) append(log, { mark: `m${i}`, eventBytes: 200 });
    const all = readToEnd(log);
    log.close();
    const at = readFileSync(join(dir, first)).indexOf('"m5.0"');
    flip(first, at);
    const again = openSmall(dir);
    for (let from = 1; from <= 5; from += 1) expect(eventsOf(again.read(from, 1))).toEqual([all[from - 1]]);
    const error = errorOf(() => again.read(6, 1000));
    expect(error).toMatchObject({ code: 'corrupt', file: join(dir, first), seq: 6 });
    expect((error as CorruptLogError).offset).toBeLessThan(at);
    expect((error as CorruptLogError).offset).toBeGreaterThan(at - 60);
    expect(readToEnd(again, 7)).toEqual(all.slice(6));
    again.close();
  });

  it('while the log is open is told as well', () => {
    const log = openSmall(dir);
    for (const mark of ['a', 'b', 'c']) append(log, { mark });
    flip(first, readFileSync(join(dir, first)).indexOf('"b.0"'));
    expect(log.read(1, 10_000)).toHaveLength(1);
    expect(() => log.read(2, 10_000)).toThrow(CorruptLogError);
    expect(log.read(3, 10_000)).toHaveLength(1);
    log.close();
  });
});

describe('a missing file', () => {
  function manySegments(): string[] {
    const log = openSmall(dir);
    for (let i = 1; i <= 100; i += 1) append(log, { eventBytes: 200, producer: `p${i % 7}`, producerSeq: i });
    log.close();
    return readdirSync(dir).filter((name) => name.endsWith('.seg'));
  }

  it('in the middle is named', () => {
    const segments = manySegments();
    rmSync(join(dir, segments[2]!));
    const error = errorOf(() => openSmall(dir));
    expect(error).toMatchObject({ code: 'corrupt', file: join(dir, segments[3]!) });
    expect((error as CorruptLogError).expected).toContain(segments[2]);
  });

  it('at the beginning is as if retention had removed it', () => {
    const segments = manySegments();
    rmSync(join(dir, segments[0]!));
    const log = openSmall(dir);
    expect(log.firstSeq).toBe(Number(segments[1]!.slice(0, 20)));
    expect(readdirSync(dir).filter((name) => name.startsWith(segments[0]!.slice(0, 20)))).toEqual([]);
    log.close();
  });

  it('of identity is an error, not a new log', () => {
    manySegments();
    rmSync(join(dir, 'log.json'));
    expect(() => openSmall(dir)).toThrow(expect.objectContaining({ file: join(dir, 'log.json') }));
  });

  for (const damage of ['is missing', 'is damaged']) {
    it(`of an index ${damage}: it is made anew`, () => {
      manySegments();
      const indexes = readdirSync(dir).filter((name) => name.endsWith('.idx'));
      const good = indexes.map((name) => readFileSync(join(dir, name)));
      for (const name of indexes) {
        if (damage === 'is missing') rmSync(join(dir, name));
        else flip(name, 60);
      }
      const log = openSmall(dir);
      expect(readToEnd(log)).toHaveLength(100);
      log.close();
      expect(indexes.map((name) => readFileSync(join(dir, name)))).toEqual(good);
    });

    it(`of producers ${damage}: they are found in the segments before`, () => {
      manySegments();
      const snapshots = readdirSync(dir).filter((name) => name.endsWith('.producers'));
      for (const name of snapshots.slice(-2)) {
        if (damage === 'is missing') rmSync(join(dir, name));
        else flip(name, 60);
      }
      const log = openSmall(dir);
      for (let i = 94; i <= 100; i += 1) expect(log.lastProducerSeq(`p${i % 7}`)).toBe(i);
      log.close();
    });
  }
});
