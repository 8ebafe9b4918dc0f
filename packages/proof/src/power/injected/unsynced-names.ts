import fs from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { Random } from '@bitten/simulator';

const { existsSync, linkSync, lstatSync, mkdirSync, renameSync, rmSync, unlinkSync } = fs;

/** A change of a folder that is not durable before the folder is synced. */
interface Naming {
  folder: string;
  undo: () => void;
  /** Forgets what was kept for undoing. */
  settle: () => void;
}

/**
 * The changes of names (made, renamed, removed) since their folder was last synced, so that they can be taken
 * back. What a change removes is kept aside until then.
 */
export class UnsyncedNames {
  readonly #graveyard: string;
  #namings: Naming[] = [];
  #buried = 0;

  /** `graveyard`: a folder on the same file system that nobody looks into. */
  constructor(graveyard: string) {
    this.#graveyard = graveyard;
    mkdirSync(graveyard, { recursive: true });
  }

  /** A file or folder has been made. */
  made(path: string): void {
    this.#note(path, () => rmSync(path, { recursive: true, force: true }));
  }

  rename(from: string, to: string): void {
    const replaced = existsSync(to) && !lstatSync(to).isDirectory() ? this.#bury(to) : undefined;
    renameSync(from, to);
    const undo = () => {
      renameSync(to, from);
      if (replaced !== undefined) linkSync(replaced, to);
    };
    this.#note(to, undo, replaced);
  }

  /** Throws where there is no such file. */
  unlink(path: string): void {
    lstatSync(path);
    const buried = this.#bury(path);
    unlinkSync(path);
    this.#note(path, () => linkSync(buried, path), buried);
  }

  /** A file, or a folder with all that is in it. */
  removeTree(path: string): void {
    const buried = this.#nextGrave();
    renameSync(path, buried);
    this.#note(path, () => renameSync(buried, path), buried);
  }

  syncFolder(folder: string): void {
    const same = (naming: Naming) => naming.folder === resolve(folder);
    for (const naming of this.#namings) if (same(naming)) naming.settle();
    this.#namings = this.#namings.filter((naming) => !same(naming));
  }

  /** The power is gone: each folder shows the changes up to some point, as journals keep them. */
  settle(random: Random): void {
    const folders = new Set(this.#namings.map(({ folder }) => folder));
    const lost = new Set<Naming>();
    for (const folder of folders) {
      const ofFolder = this.#namings.filter((naming) => naming.folder === folder);
      for (const naming of ofFolder.slice(random.integer(0, ofFolder.length))) lost.add(naming);
    }
    for (const naming of this.#namings.reverse()) if (lost.has(naming)) attempt(naming.undo);
    this.#namings = [];
  }

  /** Keeps a file under another name. */
  #bury(path: string): string {
    const grave = this.#nextGrave();
    linkSync(path, grave);
    return grave;
  }

  #nextGrave(): string {
    this.#buried += 1;
    return join(this.#graveyard, `${process.pid}-${this.#buried}`);
  }

  #note(path: string, undo: () => void, buried?: string): void {
    const folder = resolve(dirname(path));
    const settle = () => {
      if (buried !== undefined) rmSync(buried, { recursive: true, force: true });
    };
    this.#namings.push({ folder, undo: () => undoIn(folder, undo), settle });
  }
}

/** A folder that is gone itself takes what was in it along. */
function undoIn(folder: string, undo: () => void): void {
  if (existsSync(folder)) undo();
}

/** Of two changes of one name in two folders, one may be lost without the other; what cannot be undone stays. */
function attempt(undo: () => void): void {
  try {
    undo();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ENOENT' && code !== 'EEXIST' && code !== 'ENOTEMPTY') throw error;
  }
}
