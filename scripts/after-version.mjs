// The second half of `pnpm run version`. `changeset version` has given each package its number and its own changelog.
// People read two of them: the project's, which is written by hand, and the bridge's. The others are taken away, the
// root gets the number that all private packages share, and what the project's changelog calls unreleased gets it too.
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const root = process.cwd();
const folders = ['packages', 'apps'].flatMap((name) =>
  readdirSync(join(root, name)).map((each) => join(root, name, each)),
);
for (const folder of [
  ...folders,
  ...['api-docs', 'bench', 'examples', 'tests'].map((name) => join(root, name)),
]) {
  if (!folder.endsWith('/bridge')) rmSync(join(folder, 'CHANGELOG.md'), { force: true });
}

const { version } = readManifest('apps/bus/package.json');
const own = readManifest('package.json');
if (own.version !== version) {
  writeFileSync(join(root, 'package.json'), `${JSON.stringify({ ...own, version }, null, 2)}\n`);
  const changelog = join(root, 'CHANGELOG.md');
  if (existsSync(changelog)) {
    const today = new Date().toISOString().slice(0, 10);
    const released = `## Unreleased\n\n## ${version} (${today})\n`;
    writeFileSync(changelog, readFileSync(changelog, 'utf8').replace('## Unreleased\n', released));
  }
}

function readManifest(file) {
  return JSON.parse(readFileSync(join(root, file), 'utf8'));
}
