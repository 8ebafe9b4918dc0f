import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ensurePrivateFolder, FolderError } from '../src/files.js';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'bitten-files-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const modeOf = (path: string) => statSync(path).mode & 0o777;

describe('ensurePrivateFolder', () => {
  it('makes a folder that is only ours, with all that leads to it, and may be asked again', () => {
    const path = join(dir, 'a/b/data');
    ensurePrivateFolder(path);
    ensurePrivateFolder(path);
    expect(modeOf(path)).toBe(0o700);
  });

  it('closes an empty folder, and one with our files', () => {
    const [empty, ours] = [join(dir, 'empty'), join(dir, 'ours')];
    for (const path of [empty, ours]) {
      mkdirSync(path);
      chmodSync(path, 0o755);
    }
    writeFileSync(join(ours, 'bitten_events.db'), '');
    ensurePrivateFolder(empty);
    ensurePrivateFolder(ours);
    expect([modeOf(empty), modeOf(ours)]).toEqual([0o700, 0o700]);
  });

  it('leaves an open folder with other files as it is, and says what to do', () => {
    const path = join(dir, 'system');
    mkdirSync(join(path, 'log'), { recursive: true });
    chmodSync(path, 0o777);
    expect(() => ensurePrivateFolder(path)).toThrow(FolderError);
    expect(() => ensurePrivateFolder(path)).toThrow(/closed to other users \(0700\), found mode 777/);
    expect(modeOf(path)).toBe(0o777);
  });

  it('refuses a file, and a folder below a file', () => {
    const path = join(dir, 'file');
    writeFileSync(path, '');
    expect(() => ensurePrivateFolder(path)).toThrow('expected a folder, found a file');
    expect(() => ensurePrivateFolder(join(path, 'below'))).toThrow(/cannot be created \(ENOTDIR\)/);
  });

  it("refuses somebody else's folder", () => {
    const uid = vi.spyOn(process, 'getuid').mockReturnValue(statSync(dir).uid + 1);
    expect(() => ensurePrivateFolder(dir)).toThrow(/expected a folder of this user/);
    uid.mockRestore();
  });

  // The superuser may write everywhere.
  it.skipIf(process.getuid?.() === 0)('refuses a folder that cannot be written', () => {
    const path = join(dir, 'closed');
    mkdirSync(path, { mode: 0o500 });
    expect(() => ensurePrivateFolder(path)).toThrow(/cannot be written \(EACCES\)/);
  });
});
