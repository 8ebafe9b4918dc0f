import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { CorruptLogError } from '../../src/log/errors.js';
import { openLog } from '../../src/log/open-log.js';
import { checksumMatches, RecordHeader } from '../../src/log/record.js';
import { SeqIndex } from '../../src/log/seq-index.js';
import { walk } from '../../src/log/walk.js';

// Nothing here depends on the time a machine takes that has others to serve.
vi.setConfig({ testTimeout: 60_000 });

const options = { durability: 'none', segmentBytesMax: 4_096 } as const;
const bytes = fc.uint8Array({ maxLength: 400 }).map((array) => Buffer.from(array));

function temporaryDir(): string {
  const dir = mkdtempSync(join(tmpdir(), 'bitten-hostile-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

/** A log of several segments with twenty events. */
function makeLog(dir: string): void {
  const log = openLog({ dir, ...options });
  for (let i = 1; i <= 20; i += 1) {
    const body = Buffer.from(JSON.stringify({ i, x: 'x'.repeat(500) }));
    log.stage({ producer: 'p', producerSeq: i, count: 1, appendedAt: i, body });
    log.commit();
  }
  log.close();
}

/** Opens, reads to the end, goes on writing; returns what was read, undefined where opening refused. */
function useLog(dir: string): number[] | undefined {
  let log: ReturnType<typeof openLog>;
  try {
    log = openLog({ dir, ...options });
  } catch (error) {
    expect(error).toBeInstanceOf(CorruptLogError);
    return undefined;
  }
  const seen: number[] = [];
  try {
    for (let next = log.firstSeq; next < log.nextSeq; ) {
      const records = log.read(next, 1_000);
      for (const { seq, count, body } of records) {
        seen.push((JSON.parse(body.toString()) as { i: number }).i);
        next = seq + count;
      }
    }
    log.stage({ producer: 'q', producerSeq: 1, count: 1, appendedAt: 99, body: Buffer.from('{"i":0}') });
    log.commit();
  } catch (error) {
    expect(error).toBeInstanceOf(CorruptLogError);
  } finally {
    log.close();
  }
  return seen;
}

describe('a log on a disk that anybody has written to', () => {
  it('with any bytes after the last record: all events are there, or it refuses', () => {
    const sample = temporaryDir();
    makeLog(sample);
    const last = readdirSync(sample)
      .filter((name) => name.endsWith('.seg'))
      .at(-1)!;
    const content = readFileSync(join(sample, last));
    const dir = join(temporaryDir(), 'log');
    fc.assert(
      fc.property(bytes, (garbage) => {
        rmSync(dir, { recursive: true, force: true });
        cpSync(sample, dir, { recursive: true });
        writeFileSync(join(dir, last), Buffer.concat([content, garbage]));
        const seen = useLog(dir);
        if (seen !== undefined) expect(seen).toEqual(Array.from({ length: 20 }, (_, i) => i + 1));
      }),
      { numRuns: 60 },
    );
  });

  it('with any bytes over any file: a beginning of the events, in order, or it refuses', () => {
    const sample = temporaryDir();
    makeLog(sample);
    const files = readdirSync(sample).filter((name) => name !== 'owner.json');
    const dir = join(temporaryDir(), 'log');
    fc.assert(
      fc.property(fc.constantFrom(...files), fc.nat(5_000), bytes, (name, at, garbage) => {
        rmSync(dir, { recursive: true, force: true });
        cpSync(sample, dir, { recursive: true });
        const content = readFileSync(join(dir, name));
        garbage.copy(content, at % content.length);
        writeFileSync(join(dir, name), content);
        for (const [i, seen] of (useLog(dir) ?? []).entries()) expect(seen).toBe(i + 1);
      }),
      { numRuns: 60 },
    );
  });

  it('with an index of right checksum and wrong places: read all the same', () => {
    const dir = temporaryDir();
    makeLog(dir);
    for (const name of readdirSync(dir).filter((each) => each.endsWith('.idx'))) {
      const content = readFileSync(join(dir, name));
      content.writeUInt32LE(0xffff_ffff, 48 + 8);
      content.writeUInt32LE(crc32(content.subarray(16)), 12);
      writeFileSync(join(dir, name), content);
    }
    expect(useLog(dir)).toEqual(Array.from({ length: 20 }, (_, i) => i + 1));
  });

  it('with producers of right checksum and wrong form: opened all the same', () => {
    for (const lines of ['null', '{}', '[1]', '[["p"]]', '[["p",-1]]', '[[1,2]]', '[null]']) {
      const dir = temporaryDir();
      makeLog(dir);
      for (const name of readdirSync(dir).filter((each) => each.endsWith('.producers'))) {
        const [head] = readFileSync(join(dir, name), 'utf8').split('\n');
        const right = { ...(JSON.parse(head!) as object), crc: crc32(lines) };
        writeFileSync(join(dir, name), `${JSON.stringify(right)}\n${lines}\n`);
      }
      expect(useLog(dir)).toHaveLength(20);
    }
  });
});

describe('any bytes', () => {
  it('are walked through in as many steps as they can hold records, whatever lengths they claim', () => {
    fc.assert(
      fc.property(bytes, fc.nat(3), (garbage, seq) => {
        let steps = 0;
        const end = walk(garbage, {
          seq,
          room: garbage.length,
          visit(header, offset) {
            steps += 1;
            return checksumMatches(garbage, offset, header.length);
          },
        });
        expect(steps).toBeLessThanOrEqual(garbage.length / 40 + 1);
        expect(end.offset).toBeLessThanOrEqual(garbage.length);
        expect(end.need).toBeLessThanOrEqual(garbage.length);
      }),
    );
  });

  it('are an index or none, and its entries stay within what it says of itself', () => {
    fc.assert(
      fc.property(bytes, (garbage) => {
        const index = SeqIndex.decode(garbage, { firstSeq: 1, endSeq: 10 });
        if (index !== null) expect(index.size).toBeLessThanOrEqual(garbage.length / 24);
      }),
    );
  });

  it('fill a header that says whether it is plausible, and nothing else', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 40, maxLength: 40 }), (garbage) => {
        const header = new RecordHeader();
        header.fill(Buffer.from(garbage), 0);
        expect(typeof header.isPlausible).toBe('boolean');
        if (header.isPlausible) expect(header.length).toBeGreaterThanOrEqual(40 + header.count);
      }),
    );
  });
});
