import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { crc32 as crcOf } from 'node:zlib';
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { LogInspector, type LogRecord, type LogReport, openLog } from '../../src/log/index.js';
import { append, openSmall, quickIo, temporaryDir } from './helpers.js';

const name = (firstSeq: number, kind = 'seg') => `${String(firstSeq).padStart(20, '0')}.${kind}`;
let dir: string;

beforeEach(() => {
  dir = temporaryDir();
});

/** Reads all that can be read. */
function inspect(): { report: LogReport; records: LogRecord[] } {
  const inspector = new LogInspector({ dir, patience_ms: 0 });
  const records = [...inspector.pages()].flat();
  return { report: inspector.report, records };
}

/** Two producers and an anonymous one, in segments of 4 KiB. Returns the places of the records. */
function fill(commits: number): number[] {
  const log = openSmall(dir);
  const seqs: number[] = [];
  const next: Record<string, number> = { a: 1, b: 1 };
  for (let i = 0; i < commits; i += 1) {
    const producer = ['a', 'b', ''][i % 3]!;
    const count = 1 + (i % 4);
    const producerSeq = producer === '' ? 0 : next[producer]!;
    next[producer] = producerSeq + count;
    seqs.push(
      append(log, { producer, producerSeq, count, appendedAt: 1_000 + i, eventBytes: 80, mark: `m${i}` }),
    );
  }
  log.close();
  return seqs;
}

function change(file: string, edit: (content: Buffer) => Buffer | undefined): void {
  const content = readFileSync(join(dir, file));
  writeFileSync(join(dir, file), edit(content) ?? content);
}

function flip(file: string, offset: number): void {
  change(file, (content) => {
    content[offset] = content[offset]! ^ 0x41;
    return undefined;
  });
}

const segments = () =>
  readdirSync(dir)
    .filter((file) => file.endsWith('.seg'))
    .sort();
const seqsOf = (records: readonly LogRecord[]) => records.map(({ seq }) => seq);

/** Where a segment's records lie in its file. */
function recordsOf(file: string): Array<{ seq: number; count: number; from: number; to: number }> {
  const content = readFileSync(join(dir, file));
  const records = [];
  for (let from = 64; from < content.length; ) {
    const to = from + content.readUInt32LE(from + 4);
    if (to === from) break;
    records.push({ seq: content.readUInt32LE(from + 8), count: content.readUInt32LE(from + 16), from, to });
    from = to;
  }
  return records;
}

describe('a sound log', { timeout: 60_000 }, () => {
  it('is found sound, event by event, and is left as it was', () => {
    const seqs = fill(200);
    const before = readdirSync(dir).map((file) => [file, readFileSync(join(dir, file)).toString('base64')]);
    const { report, records } = inspect();
    expect(report.findings).toEqual([]);
    expect(report.notes).toEqual([]);
    expect(seqsOf(records)).toEqual(seqs);
    expect(report).toMatchObject({ first: 1, next: 501, events: 500, records: 200 });
    expect(report.segments).toBeGreaterThan(5);
    expect(readdirSync(dir).map((file) => [file, readFileSync(join(dir, file)).toString('base64')])).toEqual(
      before,
    );
  });

  it('may be open, preallocated and growing, and may lose its oldest segments meanwhile', () => {
    const log = openLog({ dir, durability: 'fsync', segmentBytesMax: 64 * 1024, io: quickIo });
    for (let i = 0; i < 600; i += 1) append(log, { eventBytes: 1_000, mark: `m${i}` });
    const inspector = new LogInspector({ dir });
    const pages = inspector.pages();
    const seqs = seqsOf(pages.next().value as LogRecord[]);
    const upTo = log.nextSeq;
    log.retain({ bytesMax: 100_000, floor: upTo });
    for (let i = 0; i < 10; i += 1) append(log, { mark: 'later' });
    for (const page of pages) seqs.push(...seqsOf(page));
    expect(inspector.report.findings).toEqual([]);
    expect(inspector.report.notes.length).toBeGreaterThan(0);
    expect(seqs.at(-1)).toBeGreaterThanOrEqual(upTo - 1);
    log.close();
  });

  it('is empty when it is new', () => {
    openSmall(dir).close();
    expect(inspect().report).toMatchObject({ first: 1, next: 1, events: 0, findings: [] });
  });

  it('is read from the segment on that holds a place', () => {
    fill(200);
    const from = recordsOf(segments()[3]!)[2]!.seq;
    const inspector = new LogInspector({ dir, from });
    expect([...inspector.pages()].flat()[0]!.seq).toBe(recordsOf(segments()[3]!)[0]!.seq);
    expect(inspector.report.findings).toEqual([]);
  });
});

describe('a flipped byte', { timeout: 60_000 }, () => {
  it('in a record is named by file, byte and event, and everything else is read', () => {
    const seqs = fill(120);
    fc.assert(
      fc.property(fc.nat(), fc.nat(), fc.integer({ min: 1, max: 255 }), (which, where, mask) => {
        const files = segments().slice(0, -1);
        const file = files[which % files.length]!;
        const size = statSync(join(dir, file)).size;
        const offset = 64 + (where % (size - 64));
        const hit = recordsOf(file).find(({ from, to }) => from <= offset && offset < to)!;
        const put = (content: Buffer) => {
          content[offset] = content[offset]! ^ mask;
          return undefined;
        };
        change(file, put);
        const { report, records } = inspect();
        change(file, put);
        const [finding] = report.findings.filter(({ kind }) => kind === 'events');
        expect(finding).toMatchObject({ offset: hit.from, from: hit.seq, to: hit.seq + hit.count });
        expect(basename(finding!.file)).toBe(file);
        expect(seqsOf(records)).toEqual(seqs.filter((seq) => seq !== hit.seq));
        expect(report.next).toBe(301);
      }),
      { numRuns: 150 },
    );
  });

  it('in the last segment is told from a torn tail by the events behind it', () => {
    fill(60);
    const file = segments().at(-1)!;
    const records = recordsOf(file);
    expect(records.length).toBeGreaterThan(2);
    for (const { seq, count, from } of records.slice(0, -1)) {
      flip(file, from + 45);
      expect(inspect().report.findings).toMatchObject([{ kind: 'events', from: seq, to: seq + count }]);
      flip(file, from + 45);
    }
    const last = records.at(-1)!;
    flip(file, last.from + 45);
    const { report } = inspect();
    expect(report.findings).toEqual([]);
    expect(report.notes).toEqual([
      expect.stringContaining(`from byte ${last.from} on, behind event ${last.seq - 1}`),
    ]);
    expect(report.next).toBe(last.seq);
  });

  it("in a segment's header is named, and its records are read all the same", () => {
    const seqs = fill(60);
    for (const file of segments()) {
      flip(file, 20);
      const { report, records } = inspect();
      expect(report.findings.map((finding) => [basename(finding.file), finding.offset])).toContainEqual([
        file,
        0,
      ]);
      expect(seqsOf(records)).toEqual(seqs);
      flip(file, 20);
    }
  });

  it('anywhere in an index or in what is known of producers is named, and harms no event', () => {
    const seqs = fill(60);
    for (const file of readdirSync(dir).filter((each) => /\.(idx|producers)$/.test(each))) {
      for (let offset = 0; offset < statSync(join(dir, file)).size; offset += 5) {
        flip(file, offset);
        const { report, records } = inspect();
        expect(report.findings, `${file} ${offset}`).toMatchObject([
          { kind: 'spare', file: join(dir, file) },
        ]);
        expect(seqsOf(records)).toEqual(seqs);
        flip(file, offset);
      }
    }
  });
});

describe('what does not fit', { timeout: 60_000 }, () => {
  it('a missing segment is named with its events', () => {
    const seqs = fill(120);
    const [, gone, after] = segments() as [string, string, string];
    const [from, to] = [Number(gone.slice(0, 20)), Number(after.slice(0, 20))];
    rmSync(join(dir, gone));
    const { report, records } = inspect();
    expect(report.findings.filter(({ kind }) => kind === 'events')).toMatchObject([
      { file: join(dir, gone), from, to, found: 'no such file' },
    ]);
    expect(seqsOf(records)).toEqual(seqs.filter((seq) => seq < from || seq >= to));
  });

  it('a segment that was cut is named with the events that are gone', () => {
    fill(60);
    const [file, after] = segments() as [string, string];
    const last = recordsOf(file).at(-2)!;
    change(file, (content) => content.subarray(0, last.from));
    expect(inspect().report.findings.filter(({ kind }) => kind === 'events')).toMatchObject([
      { file: join(dir, file), offset: last.from, from: last.seq, to: Number(after.slice(0, 20)) },
    ]);
  });

  it('an event appended twice, and a time that goes back, are named by their place', () => {
    const log = openSmall(dir);
    append(log, { producer: 'p', producerSeq: 1, count: 3, appendedAt: 1_000 });
    append(log, { producer: 'p', producerSeq: 3, count: 2, appendedAt: 1_000 });
    append(log, { producer: 'p', producerSeq: 9, appendedAt: 2_000 });
    log.close();
    expect(inspect().report.findings).toMatchObject([{ kind: 'order', from: 4 }]);
    const { from, to } = recordsOf(name(1))[2]!;
    change(name(1), (content) => {
      content.writeDoubleLE(5, from + 24);
      content.writeUInt32LE(crcOf(content.subarray(from + 4, to)), from);
      return undefined;
    });
    expect(inspect().report.findings).toMatchObject([
      { kind: 'order', from: 4 },
      { kind: 'order', from: 6, found: 'appended at 5' },
    ]);
  });

  it('a producer who stood elsewhere when a segment began is named', () => {
    fill(60);
    const file = readdirSync(dir)
      .filter((each) => each.endsWith('.producers'))
      .at(-1)!;
    const wrong = JSON.stringify([['a', 1]]);
    const head = JSON.stringify({
      format: 1,
      seq: Number(file.slice(0, 20)),
      crc: crcOf(Buffer.from(wrong)),
    });
    change(file, () => Buffer.from(`${head}\n${wrong}\n`));
    expect(inspect().report.findings).toMatchObject([{ kind: 'spare', found: 'producer a at 1' }]);
    rmSync(join(dir, file));
    expect(inspect().report.findings).toMatchObject([{ kind: 'spare', found: 'no such file' }]);
  });

  it('a log without its name is named', () => {
    fill(3);
    rmSync(join(dir, 'log.json'));
    const { report, records } = inspect();
    expect(report.findings).toMatchObject([{ kind: 'identity', file: join(dir, 'log.json') }]);
    expect(report.id).toBeNull();
    expect(records.length).toBe(3);
  });
});
