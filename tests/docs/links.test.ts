import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { root } from '@bitten/proof';
import { expect, test } from 'vitest';
import { allPages } from './pages.js';
import { anchorsOf, linksOf } from './prose.js';

test.each(allPages())('%s: each link of our own leads somewhere', (page) => {
  const nowhere = linksOf(page).filter(({ target }) => !isForeign(target) && !leadsSomewhere(page, target));
  expect(nowhere).toEqual([]);
});

function isForeign(target: string): boolean {
  return /^[a-z]+:/.test(target);
}

function leadsSomewhere(page: string, target: string): boolean {
  const [path, anchor] = target.split('#');
  const file = path === '' ? page : join(dirname(page), path!);
  if (!existsSync(join(root, file))) return false;
  return anchor === undefined || (file.endsWith('.md') && anchorsOf(file).includes(anchor));
}
