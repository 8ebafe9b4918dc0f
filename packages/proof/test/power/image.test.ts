import { spawnSync } from 'node:child_process';
import {
  closeSync,
  constants,
  existsSync,
  fdatasyncSync,
  fsyncSync,
  mkdtempSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Database from 'better-sqlite3';
import { describe, expect, onTestFinished, test } from 'vitest';
import { DiskImage, whyNoImages } from '../../src/power/image.js';

const packageDir = fileURLToPath(new URL('../..', import.meta.url));
const whyNot = whyNoImages(tmpdir());
if (whyNot !== undefined) console.warn(`skipped: power cuts of an ext4 image: ${whyNot}`);

function newDisk(): DiskImage {
  const dir = mkdtempSync(join(tmpdir(), 'bitten-image-'));
  const disk = DiskImage.create({ dir, name: 'disk' });
  onTestFinished(() => {
    disk.remove();
    rmSync(dir, { recursive: true, force: true });
  });
  return disk;
}

/** Writes into a file, at its beginning. */
function write(path: string, text: string, { flags = 'w', sync = false }: WriteOptions = {}): void {
  const fd = openSync(path, flags);
  try {
    writeSync(fd, text);
    if (sync) fdatasyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

interface WriteOptions {
  flags?: string | number;
  sync?: boolean;
}

function syncFolder(path: string): void {
  const fd = openSync(path, 'r');
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

/** Once on the disk, so that what is tried with it afterwards is one thing only. */
function durableFile(disk: DiskImage, name: string, text: string): string {
  const path = join(disk.folder, name);
  write(path, text, { sync: true });
  syncFolder(disk.folder);
  return path;
}

function cut(disk: DiskImage): void {
  disk.copy();
  disk.restart();
}

/** A process commits a row and is killed: closing the database would carry the row over, and sync it. */
function commitAndDie(file: string, synchronous: string): void {
  const script = `
    const db = new (require('better-sqlite3'))(${JSON.stringify(file)});
    db.pragma('journal_mode = WAL');
    db.pragma('synchronous = ${synchronous}');
    db.exec('INSERT INTO t VALUES (1)');
    process.kill(process.pid, 'SIGKILL');`;
  const { signal } = spawnSync(process.execPath, ['-e', script], { cwd: packageDir, timeout: 60_000 });
  expect(signal).toBe('SIGKILL');
}

function rowsOf(file: string): unknown[] {
  const db = new Database(file);
  try {
    return db.prepare('SELECT * FROM t').all();
  } finally {
    db.close();
  }
}

describe.skipIf(whyNot !== undefined)('a power cut of an ext4 image', () => {
  test('keeps what was synced, and takes what was not', () => {
    const disk = newDisk();
    const synced = durableFile(disk, 'synced', 'before');
    const unsynced = durableFile(disk, 'unsynced', 'before');
    const durably = durableFile(disk, 'durably', 'before');
    write(synced, 'behind', { flags: 'r+', sync: true });
    write(durably, 'behind', { flags: constants.O_RDWR | constants.O_DSYNC });
    // Last, so that nobody else's sync takes it along.
    write(unsynced, 'behind', { flags: 'r+' });
    expect(readFileSync(unsynced, 'utf8'), 'as long as there is power').toBe('behind');
    cut(disk);
    expect(readFileSync(synced, 'utf8')).toBe('behind');
    expect(readFileSync(durably, 'utf8')).toBe('behind');
    expect(readFileSync(unsynced, 'utf8')).toBe('before');
  });

  test('takes new files and new names whose folder was not synced', () => {
    const disk = newDisk();
    const old = durableFile(disk, 'old', 'old');
    writeFileSync(join(disk.folder, 'made'), 'made');
    renameSync(old, join(disk.folder, 'new'));
    cut(disk);
    expect(existsSync(join(disk.folder, 'made'))).toBe(false);
    expect(existsSync(join(disk.folder, 'new'))).toBe(false);
    expect(readFileSync(old, 'utf8')).toBe('old');
  });

  test('keeps what SQLite commits with synchronous FULL, and takes what it commits with OFF', () => {
    const disk = newDisk();
    for (const [name, synchronous] of [
      ['full', 'FULL'],
      ['off', 'OFF'],
    ] as const) {
      const file = join(disk.folder, name);
      const db = new Database(file);
      db.exec('CREATE TABLE t (a)');
      db.close();
      commitAndDie(file, synchronous);
    }
    const { size } = statSync(join(disk.folder, 'off-wal'));
    expect(size, 'as long as there is power').toBeGreaterThan(0);
    cut(disk);
    expect(rowsOf(join(disk.folder, 'full'))).toHaveLength(1);
    expect(rowsOf(join(disk.folder, 'off'))).toHaveLength(0);
  });

  test('may come again and again', () => {
    const disk = newDisk();
    const path = durableFile(disk, 'count', '0');
    for (let n = 1; n <= 3; n += 1) {
      write(path, String(n), { flags: 'r+', sync: true });
      write(path, 'x', { flags: 'r+' });
      cut(disk);
      expect(readFileSync(path, 'utf8')).toBe(String(n));
    }
  });
});
