import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '@bitten/proof';

/** Pages whose commands and snippets are run. */
export function pagesToRun(): string[] {
  return ['.', 'docs', 'api-docs', ...foldersIn('examples'), ...foldersIn('packages')].flatMap(pagesIn);
}

/** All pages of the project: these, and the decisions. */
export function allPages(): string[] {
  return [...pagesToRun(), ...pagesIn('docs/adr')];
}

function pagesIn(folder: string): string[] {
  const files = readdirSync(join(root, folder), { withFileTypes: true }).filter((entry) => entry.isFile());
  const pages = files.map(({ name }) => name).filter((name) => name.endsWith('.md'));
  return pages.map((name) => (folder === '.' ? name : `${folder}/${name}`));
}

function foldersIn(folder: string): string[] {
  const folders = readdirSync(join(root, folder), { withFileTypes: true }).filter((entry) =>
    entry.isDirectory(),
  );
  return folders.filter(({ name }) => name !== 'node_modules').map(({ name }) => `${folder}/${name}`);
}
