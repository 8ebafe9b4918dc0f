import {
  closeSync,
  constants,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRandom } from '@bitten/simulator';
import { describe, expect, onTestFinished, test } from 'vitest';
import { CutDisk } from '../../src/power/injected/cut-disk.js';

const { O_CREAT, O_DSYNC, O_RDWR, O_TRUNC } = constants;

class Died extends Error {}

/** A folder on a disk whose power can be cut, with what is in it already durable. */
function onDisk({ cutAt = Number.POSITIVE_INFINITY } = {}) {
  const dir = mkdtempSync(join(tmpdir(), 'bitten-cut-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  const folder = join(dir, 'log');
  mkdirSync(folder);
  const begin = (seed: number) =>
    new CutDisk({
      folders: [folder],
      graveyard: join(dir, 'graveyard'),
      random: createRandom(seed),
      cutAt,
      die: () => {
        throw new Died();
      },
    });
  return { folder, begin, path: (name: string) => join(folder, name) };
}

function cut(disk: CutDisk): void {
  expect(() => disk.cut()).toThrow(Died);
}

/** What a file holds after cuts of the same story with many seeds. */
function outcomes(tell: (disk: CutDisk, path: string) => void, before: string): Set<string> {
  const found = new Set<string>();
  const { begin, path } = onDisk();
  for (let seed = 0; seed < 60; seed += 1) {
    const file = path(`file-${seed}`);
    writeFileSync(file, before);
    const disk = begin(seed);
    tell(disk, file);
    cut(disk);
    found.add(readFileSync(file, 'utf8'));
  }
  return found;
}

function write(disk: CutDisk, path: string, text: string, { flags = O_RDWR, position = 0 } = {}): number {
  const fd = disk.open(path, flags, 0o600);
  disk.write(fd, Buffer.from(text), position);
  return fd;
}

function close(disk: CutDisk, fd: number): void {
  disk.closing(fd);
  closeSync(fd);
}

const long = (letter: string) => letter.repeat(4 * 512);

describe('a power cut by the injected layer', () => {
  test('keeps what was synced, always', () => {
    const synced = outcomes((disk, path) => {
      const fd = write(disk, path, 'behind');
      disk.sync(fd);
      close(disk, fd);
    }, 'before');
    expect([...synced]).toEqual(['behind']);
    const durably = outcomes(
      (disk, path) => void write(disk, path, 'behind', { flags: O_RDWR | O_DSYNC }),
      'before',
    );
    expect([...durably]).toEqual(['behind']);
  });

  test('keeps all, nothing, or some sectors of what was not', () => {
    const found = outcomes((disk, path) => close(disk, write(disk, path, long('b'))), long('a'));
    expect(found).toContain(long('a'));
    expect(found).toContain(long('b'));
    const torn = [...found].filter((text) => text.includes('a') && text.includes('b'));
    expect(torn.length).toBeGreaterThan(0);
    for (const text of torn) {
      for (let at = 0; at < text.length; at += 512) {
        expect(new Set(text.slice(at, at + 512)).size, 'a sector is whole').toBe(1);
      }
    }
  });

  test('may keep a later write and not an earlier one', () => {
    const found = outcomes((disk, path) => {
      const fd = write(disk, path, '1');
      disk.write(fd, Buffer.from('2'), 1);
      close(disk, fd);
    }, '..');
    expect(found).toEqual(new Set(['..', '1.', '.2', '12']));
  });

  test('may take back what a file grew by, and give back what it was cut by', () => {
    const grown = outcomes((disk, path) => close(disk, write(disk, path, '2', { position: 1 })), '1');
    expect(grown).toEqual(new Set(['1', '12']));
    const cutShort = outcomes((disk, path) => {
      const fd = disk.open(path, O_RDWR, 0o600);
      disk.truncate(fd, 1);
      close(disk, fd);
    }, '12');
    expect(cutShort).toEqual(new Set(['1', '12']));
    const emptied = outcomes((disk, path) => close(disk, disk.open(path, O_RDWR | O_TRUNC, 0o600)), '12');
    expect(emptied).toEqual(new Set(['', '12']));
  });

  test('takes a sync at its word only for what was there when it began', () => {
    const found = outcomes((disk, path) => {
      const fd = write(disk, path, '1');
      const finish = disk.beginSync(fd);
      disk.write(fd, Buffer.from('2'), 1);
      finish();
    }, '..');
    expect(found).toEqual(new Set(['1.', '12']));
  });

  test('takes back new files, new names and removals whose folder was not synced, the last ones first', () => {
    const seen = new Set<string>();
    for (let seed = 0; seed < 60; seed += 1) {
      const { folder, begin, path } = onDisk();
      writeFileSync(path('a'), 'a');
      writeFileSync(path('b'), 'b');
      const disk = begin(seed);
      close(disk, disk.open(path('new'), O_RDWR | O_CREAT, 0o600));
      disk.rename(path('a'), path('b'));
      disk.unlink(path('new'));
      cut(disk);
      const found = readdirSync(folder).sort();
      seen.add(found.map((name) => `${name}=${readFileSync(path(name), 'utf8')}`).join(' '));
    }
    expect(seen).toEqual(new Set(['a=a b=b', 'a=a b=b new=', 'b=a new=', 'b=a']));
  });

  test('keeps names whose folder was synced', () => {
    for (let seed = 0; seed < 20; seed += 1) {
      const { folder, begin, path } = onDisk();
      writeFileSync(path('a'), 'a');
      const disk = begin(seed);
      disk.rename(path('a'), path('b'));
      disk.makeFolder(path('sub'), 0o700, false);
      const fd = disk.open(folder, constants.O_RDONLY, 0);
      disk.sync(fd);
      close(disk, fd);
      disk.removeTree(path('sub'));
      cut(disk);
      expect(existsSync(path('a'))).toBe(false);
      expect(readFileSync(path('b'), 'utf8')).toBe('a');
    }
  });

  test('comes within the call it was set to, and that call may have been done in part', () => {
    const found = new Set<string>();
    for (let seed = 0; seed < 40; seed += 1) {
      const { begin, path } = onDisk({ cutAt: 3 });
      writeFileSync(path('file'), '..');
      const disk = begin(seed);
      // Opening is the first call, and each write one.
      const fd = disk.open(path('file'), O_RDWR | O_DSYNC, 0o600);
      disk.write(fd, Buffer.from('1'), 0);
      expect(() => disk.write(fd, Buffer.from('2'), 1)).toThrow(Died);
      found.add(readFileSync(path('file'), 'utf8'));
    }
    expect(found).toEqual(new Set(['1.', '12']));
  });
});
