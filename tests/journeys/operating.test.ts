import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '@bitten/proof';
import { expect, test } from 'vitest';

test('docs/OPERATING.md lists the settings as the apps declare them', () => {
  const script = join(root, 'scripts/settings-table.mjs');
  const { status, stderr } = spawnSync(process.execPath, [script, '--check'], {
    encoding: 'utf8',
    timeout: 60_000,
  });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
});

test('docs/OPERATING.md points to pages and places that are there', () => {
  const page = readFileSync(join(root, 'docs/OPERATING.md'), 'utf8');
  for (const [, target] of page.matchAll(/\]\(([^)]+)\)/g)) {
    const [file, anchor] = target!.split('#');
    const text = file === '' ? page : readFileSync(join(root, 'docs', file!), 'utf8');
    if (anchor !== undefined) expect(text.match(/^#+ .*$/gm)!.map(anchorOf), target).toContain(anchor);
  }
});

/** As Markdown viewers name a heading. */
function anchorOf(heading: string): string {
  const words = heading.replace(/^#+ /, '').toLowerCase();
  return words.replace(/[^\p{L}\p{N} _-]/gu, '').replaceAll(' ', '-');
}
