import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach } from 'vitest';

/** A fresh folder for each call, removed after the test. */
export function useTempDir(): () => string {
  const made: string[] = [];
  afterEach(() => {
    for (const dir of made.splice(0)) rmSync(dir, { recursive: true, force: true });
  });
  return () => {
    const dir = mkdtempSync(join(tmpdir(), 'bitten-store-'));
    made.push(dir);
    return dir;
  };
}

/** Whether UTF-8 can carry the text: a lone surrogate never comes out of a log. */
export function isWellFormed(text: string): boolean {
  return Buffer.from(text).toString() === text;
}
