import assert from 'node:assert/strict';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { CorruptLogError, LogUnavailableError, openLog } from '@bitten/storage/log';
import { refusing, type Target } from '../target.js';

// In memory where there is such a place: thousands of logs are made here, and none has to survive anything.
const folder = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'bitten-fuzz-log-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
const documented = [CorruptLogError, LogUnavailableError];
const options = { durability: 'none', segmentBytesMax: 4_096 } as const;

/** A log of three segments, as it stands on the disk. */
function makeLog(): string {
  const dir = join(folder, 'sample');
  const log = openLog({ dir, ...options });
  for (let i = 0; i < 30; i += 1) {
    const body = Buffer.from(`{"i":${i},"x":"${'x'.repeat(300)}"}`);
    log.stage({
      producer: i % 3 === 0 ? '' : `p${i % 3}`,
      producerSeq: i % 3 === 0 ? 0 : i,
      count: 1,
      appendedAt: i + 1,
      body,
    });
    log.commit();
  }
  log.close();
  return dir;
}

const sample = makeLog();
const files = readdirSync(sample);
const last = files.filter((name) => name.endsWith('.seg')).at(-1)!;

/** Opens the log with one file replaced, reads all of it, and goes on writing. */
function openWith(name: string, input: Buffer): void {
  const dir = join(folder, 'case');
  rmSync(dir, { recursive: true, force: true });
  cpSync(sample, dir, { recursive: true });
  writeFileSync(join(dir, name), input);
  const log = refusing(documented, () => openLog({ dir, ...options }));
  if (log === undefined) return;
  try {
    for (let next = log.firstSeq; next < log.nextSeq; ) {
      const records = refusing(documented, () => log.read(next, 1_000));
      if (records === undefined) break;
      assert(records.length > 0, 'a reader always gets on');
      for (const record of records) next = record.seq + record.count;
    }
    refusing(documented, () => log.seqAtTime(5));
    log.stage({ producer: 'new', producerSeq: 1, count: 1, appendedAt: 100, body: Buffer.from('{}') });
    log.commit();
  } finally {
    log.close();
  }
}

/** Corrects the checksums that a change has broken, so that what is behind them is reached too. */
function sealed(name: string, input: Buffer): Buffer {
  const bytes = Buffer.from(input);
  if (name.endsWith('.seg') && bytes.length >= 64) sealSegment(bytes);
  if (name.endsWith('.idx') && bytes.length > 16) bytes.writeUInt32LE(crc32(bytes.subarray(16)), 12);
  if (!name.endsWith('.producers')) return bytes;
  const [head = '', lines = ''] = bytes.toString().split('\n');
  return Buffer.from(`${head.replace(/"crc":\d+/, `"crc":${crc32(lines)}`)}\n${lines}\n`);
}

function sealSegment(bytes: Buffer): void {
  bytes.writeUInt32LE(crc32(bytes.subarray(16, 64)), 12);
  for (let at = 64; at + 40 <= bytes.length; ) {
    const length = bytes.readUInt32LE(at + 4);
    if (length < 40 || at + length > bytes.length) return;
    bytes.writeUInt32LE(crc32(bytes.subarray(at + 4, at + length)), at);
    at += length;
  }
}

function fileTarget(name: string, file: string): Target {
  return {
    name,
    samples: [readFileSync(join(sample, file))],
    run: (input) => {
      openWith(file, input);
      openWith(file, sealed(file, input));
    },
  };
}

const first = (ending: string) => files.find((name) => name.endsWith(ending))!;

export const logTargets: readonly Target[] = [
  fileTarget('last-segment', last),
  fileTarget('closed-segment', first('.seg')),
  fileTarget('index', first('.idx')),
  fileTarget('producers', files.filter((name) => name.endsWith('.producers')).at(-1)!),
  fileTarget('identity', 'log.json'),
];
