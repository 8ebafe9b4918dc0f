import { closeSync, openSync, readSync, truncateSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { segmentsOf } from '../check/read-log.js';
import { readSegment, type SegmentRecord } from '../check/segment.js';
import { until } from '../system/until.js';
import type { Fault } from './fault.js';
import { untilSpooled } from './spooling.js';
import type { Stage } from './stage.js';

type Corruption = Extract<Fault, { kind: 'corrupt' }>;

/**
 * Changes files while their program is down, and sees that it says what docs/STORAGE.md promises: a torn tail is
 * taken away, damage to acknowledged events is named with its file. What was damaged is then restored, as from a
 * backup, and nothing may be missing at the end.
 */
export async function corrupt(stage: Stage, { how, at }: Corruption): Promise<void> {
  stage.tally.corruptions += 1;
  await stage.recover();
  if (how === 'tornSpool') return tearSpool(stage, at);
  const log = join(stage.system.dataDir, 'log');
  if (how === 'flipClosed') {
    await until('a second segment', () => segmentsOf(log).length > 1);
  }
  await stage.load.goesOn('receipts before files are changed');
  await stage.kill('bus');
  const active = segmentsOf(log).at(-1)!;
  switch (how) {
    case 'tornTail':
      return tear(active, at);
    case 'cutActive':
      return cutRoom(active);
    case 'flipActive':
      return flipActive(stage, active, at);
    case 'flipClosed':
      return flipClosed(stage, segmentsOf(log).at(-2)!, at);
  }
}

/** What a crash may leave of a commit: its beginning, behind the last good record. */
function tear(file: string, at: number): void {
  const { records, end } = layOut(file);
  const last = records.at(-1);
  const bytes = Buffer.alloc(Math.floor(100 + 400 * at), 0x7b);
  // The header of a record that was there once, so that what follows it is missing.
  if (last !== undefined) readInto(file, bytes.subarray(0, 60), last.offset);
  writeAt(file, bytes, end);
}

/** The room prepared behind the last record is gone. */
function cutRoom(file: string): void {
  truncateSync(file, layOut(file).end);
}

/** Damage before the last commit: the bus must refuse to open, name the file and change nothing. */
async function flipActive(stage: Stage, file: string, at: number): Promise<void> {
  const { records } = layOut(file);
  const lastCommit = records.findLast(({ beginsCommit }) => beginsCommit);
  const early = records.filter(({ offset }) => lastCommit !== undefined && offset < lastCommit.offset);
  // Only the very last commit is in this segment: nothing can be promised of it.
  if (early.length === 0) return;
  const restore = flip(file, pick(early, at));
  try {
    await stage.refuses(stage.launch('bus'), file);
  } finally {
    restore();
  }
}

/** Damage in a closed segment: whoever reads it is told the file, and the bus goes on. */
async function flipClosed(stage: Stage, file: string, at: number): Promise<void> {
  const { records } = layOut(file);
  const damaged = pick(records, at);
  const restore = flip(file, damaged);
  try {
    await stage.ensure('bus');
    await readersAreTold(stage, damaged.seq);
    await stage.load.goesOn('receipts beside a damaged segment');
    await stage.kill('bus');
  } finally {
    restore();
  }
}

async function readersAreTold(stage: Stage, seq: number): Promise<void> {
  const client = await stage.system.client();
  try {
    const told = await client.fetch({ from: seq, wait_ms: 0 }).then(
      () => 'events',
      (error: { code?: string }) => error.code ?? 'no code',
    );
    if (told !== 'corrupt') throw new Error(`a reader of damaged events was told ${told}, not corrupt`);
    stage.tally.damageNamed += 1;
  } finally {
    client.close();
  }
}

/** A publisher's spool with a torn end: all that was in it before must arrive. */
async function tearSpool(stage: Stage, at: number): Promise<void> {
  const who = Math.floor(at * 1_000);
  await stage.kill('bus');
  await untilSpooled(stage, who);
  await stage.kill('publisher', who);
  for (const dir of stage.spoolsOf(who)) {
    const file = segmentsOf(dir).at(-1);
    if (file !== undefined) tear(file, at);
  }
}

function layOut(file: string): { records: SegmentRecord[]; end: number } {
  const records: SegmentRecord[] = [];
  const walk = readSegment(file);
  try {
    for (;;) {
      const step = walk.next();
      if (step.done === true) return { records, end: step.value.offset };
      records.push(step.value);
    }
  } catch {
    // A torn tail is there already: it begins where the good records end.
    const last = records.at(-1);
    return { records, end: last === undefined ? 64 : last.offset + last.length };
  }
}

function pick<T>(list: readonly T[], at: number): T {
  return list[Math.min(list.length - 1, Math.floor(at * list.length))]!;
}

/** Turns one bit in the middle of a record; returns the way to turn it back. */
function flip(file: string, { offset, length }: SegmentRecord): () => void {
  const place = offset + Math.floor(length / 2);
  const byte = Buffer.alloc(1);
  readInto(file, byte, place);
  writeAt(file, Buffer.from([byte[0]! ^ 0x10]), place);
  return () => writeAt(file, byte, place);
}

function readInto(file: string, into: Uint8Array, position: number): void {
  const fd = openSync(file, 'r');
  try {
    readSync(fd, into, 0, into.length, position);
  } finally {
    closeSync(fd);
  }
}

function writeAt(file: string, data: Uint8Array, position: number): void {
  const fd = openSync(file, 'r+');
  try {
    writeSync(fd, data, 0, data.length, position);
  } finally {
    closeSync(fd);
  }
}
