import { type Dirent, existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '@bitten/proof';

const folders = ['docs', 'packages', 'apps', 'tests', 'bench', 'examples', 'scripts', 'deploy', 'api-docs'];
const leftOut = new Set(['node_modules', 'dist', '.turbo', 'results', 'failures']);

/** Every file of the project's own, from the root of the checkout. */
export function sourceFiles(): string[] {
  const own = readdirSync(root, { withFileTypes: true }).filter((entry) => entry.isFile());
  return [
    ...own.map(({ name }) => name),
    ...folders.filter((name) => existsSync(join(root, name))).flatMap(filesIn),
  ];
}

/** The text of those that are programs or settings. */
export function sourceText(): string {
  const programs = sourceFiles().filter((file) => /\.([cm]?[jt]s|py|service|json)$/.test(file));
  return programs.map((file) => readFileSync(join(root, file), 'utf8')).join('\n');
}

function filesIn(folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry: Dirent) => {
    if (leftOut.has(entry.name)) return [];
    const path = `${folder}/${entry.name}`;
    return entry.isDirectory() ? filesIn(path) : [path];
  });
}
