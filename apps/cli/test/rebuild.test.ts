import { closeSync, openSync, readdirSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { type LogRecord, openLog, type SegmentLog } from '@bitten/storage/log';
import { eventsOfRecords, openStore, swapStore } from '@bitten/storage/store';
import Database from 'better-sqlite3';
import colors from 'picocolors';
import { describe, expect, test } from 'vitest';
import { type Built, build } from '../src/rebuild/build.js';
import { describeVerification } from '../src/verify/describe.js';
import { examine, isSound, type Verification } from '../src/verify/examine.js';
import { makeFolder } from './support/files.js';

const events = 60;
const file = (dataDir: string) => join(dataDir, 'bitten_events.db');

/** A folder with a log of 60 events, one a record, in small segments. */
function makeLog(): { dataDir: string; log: SegmentLog } {
  const dataDir = makeFolder();
  openLog({ dir: join(dataDir, 'dead-letters'), durability: 'none' }).close();
  const log = openLog({ dir: join(dataDir, 'log'), durability: 'none', segmentBytesMax: 4_096 });
  for (let n = 1; n <= events; n += 1) {
    const body = JSON.stringify({
      event_type: 'e',
      timestamp: n,
      source: 's',
      data: { pad: 'x'.repeat(300) },
    });
    log.stage({ producer: '', producerSeq: 0, count: 1, appendedAt: n, body: Buffer.from(body) });
    log.commit();
  }
  return { dataDir, log };
}

function store(dataDir: string, log: SegmentLog): void {
  const made = openStore({ file: file(dataDir) });
  made.bind(log.id);
  let records: LogRecord[];
  for (let next = 1; next <= events; next += records.length) {
    records = log.read(next, 65_536);
    made.applyEvents({ from: next, next: next + records.length, items: eventsOfRecords(records) });
  }
  made.close();
}

function change(dataDir: string, sql: string): void {
  const db = new Database(file(dataDir));
  db.exec(sql);
  db.close();
}

function damageBeginning(dataDir: string): void {
  const dir = join(dataDir, 'log');
  const [first] = readdirSync(dir)
    .filter((name) => name.endsWith('.seg'))
    .sort();
  const fd = openSync(join(dir, first!), 'r+');
  // Events 1 to 4 of the first segment.
  for (let at = 64; at < 64 + 4 * 350; at += 100) writeSync(fd, 'DAMAGE', at);
  closeSync(fd);
}

const { signal } = new AbortController();

async function rebuild(dataDir: string, logId: string, loseBefore = 0): Promise<Built> {
  const askEnds = async () => null;
  const onProgress = () => {};
  const built = await build({ dataDir, file: file(dataDir), logId, askEnds, loseBefore, signal, onProgress });
  swapStore({ file: file(dataDir) });
  return built;
}

function verify(dataDir: string): Promise<Verification> {
  return examine({ dataDir, log: false, store: true, signal, onStep: () => {}, onProgress: () => {} });
}

/** Rows and gaps, as places. */
function contentOf(dataDir: string): { rows: number; gaps: Array<[from: number, to: number, why: string]> } {
  const read = openStore({ file: file(dataDir), readonly: true });
  const gaps = read.gaps().map(({ from, to, why }): [number, number, string] => [from, to, why]);
  const { rows } = read.summary();
  read.close();
  return { rows, gaps };
}

describe('rows older than the log that the store has lost', { timeout: 60_000 }, () => {
  test('are found by verify, and given up by nobody without being asked', async () => {
    const { dataDir, log } = makeLog();
    store(dataDir, log);
    log.retain({ bytesMax: 8_192, floor: events });
    const first = log.firstSeq;
    log.close();
    expect(first).toBeGreaterThan(30);
    expect(isSound(await verify(dataDir))).toBe(true);
    change(dataDir, 'DELETE FROM event_rows WHERE seq BETWEEN 5 AND 9 OR seq BETWEEN 20 AND 21 OR seq = 55');
    const found = await verify(dataDir);
    expect(isSound(found)).toBe(false);
    expect(found.store?.findings.map(({ kind, from, to }) => [kind, from, to])).toEqual([
      ['missing', 55, 56],
      ['missing', 5, 10],
      ['missing', 20, 22],
    ]);
    expect(describeVerification(found, colors.createColors(false))).toContain(
      'bitten rebuild --lose-before 22',
    );

    await expect(rebuild(dataDir, log.id)).rejects.toThrow('events 5 to 9 would be lost');
    await expect(rebuild(dataDir, log.id)).rejects.toMatchObject({
      remedy: expect.stringContaining('--lose-before 10') as string,
    });
    await expect(rebuild(dataDir, log.id, 10)).rejects.toThrow('events 20 to 21 would be lost');
    const built = await rebuild(dataDir, log.id, 22);
    expect(built.lost.map(({ from, to }) => [from, to])).toEqual([
      [5, 10],
      [20, 22],
    ]);
    expect(built.carried.events).toBe(first - 1 - 7);
    expect(contentOf(dataDir)).toEqual({
      rows: events - 7,
      gaps: [
        [5, 10, 'given up by bitten rebuild'],
        [20, 22, 'given up by bitten rebuild'],
      ],
    });
    expect(isSound(await verify(dataDir))).toBe(true);
  });

  test('are none where the store itself removed them', async () => {
    const { dataDir, log } = makeLog();
    store(dataDir, log);
    const pruned = openStore({ file: file(dataDir) });
    expect(pruned.retain({ appendedBefore: 11, rowsMax: 100 }).events).toBe(10);
    pruned.close();
    log.retain({ bytesMax: 8_192, floor: events });
    log.close();
    expect(isSound(await verify(dataDir))).toBe(true);
    expect((await rebuild(dataDir, log.id)).lost).toEqual([]);
    expect(contentOf(dataDir)).toMatchObject({ rows: events - 10, gaps: [[1, 11, expect.any(String)]] });
    expect(isSound(await verify(dataDir))).toBe(true);
  });
});

describe('without an old store', { timeout: 60_000 }, () => {
  test('a damaged beginning of the log is damage, and not what retention removed', async () => {
    const { dataDir, log } = makeLog();
    log.close();
    damageBeginning(dataDir);
    await expect(rebuild(dataDir, log.id)).rejects.toThrow('events 1 to 4 would be lost');
    await expect(rebuild(dataDir, log.id, 4)).rejects.toThrow('there is no old store');
    await rebuild(dataDir, log.id, 5);
    expect(contentOf(dataDir)).toEqual({ rows: events - 4, gaps: [[1, 5, 'given up by bitten rebuild']] });
  });

  test('what retention removed is nobody’s loss; what is damaged right behind it is', async () => {
    const { dataDir, log } = makeLog();
    log.retain({ bytesMax: 8_192, floor: events });
    const first = log.firstSeq;
    log.close();
    await rebuild(dataDir, log.id);
    const gone = [1, first, 'removed by retention'];
    expect(contentOf(dataDir)).toEqual({ rows: events - first + 1, gaps: [gone] });

    const other = makeLog();
    other.log.retain({ bytesMax: 8_192, floor: events });
    other.log.close();
    damageBeginning(other.dataDir);
    await expect(rebuild(other.dataDir, other.log.id)).rejects.toThrow(
      `events ${first} to ${first + 3} would be lost`,
    );
    await rebuild(other.dataDir, other.log.id, first + 4);
    expect(contentOf(other.dataDir)).toEqual({
      rows: events - first - 3,
      gaps: [gone, [first, first + 4, 'given up by bitten rebuild']],
    });
  });
});
