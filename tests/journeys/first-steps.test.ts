import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '@bitten/proof';
import { expect, test } from 'vitest';
import { programs } from '../support/places.js';
import { blocksOf, canInstall, Siblings } from '../support/siblings.js';
import { System } from '../support/system.js';

const page = join(root, 'docs/FIRST_STEPS.md');

/** The built command in place of the build and the command; and where npm has nowhere to go, what is here already. */
const before = `set -e
npx() {
  if [ "$1 $2 $3" = "--yes pnpm@12 bitten" ]; then shift 3; command node ${programs.cli} "$@"; return; fi
  if [ "$1" = tsc ]; then shift; command node ${root}/node_modules/typescript/bin/tsc "$@"; return; fi
  echo "what is npx $* here?" >&2; return 1
}`;
const offline = `
npm() {
  case "$*" in
    *typescript*) mkdir -p node_modules/@types; ln -s ${root}/node_modules/@types/node node_modules/@types/node;;
    *) command npm "$@";;
  esac
}`;

test('docs/FIRST_STEPS.md, to the letter: an own event from a new project is in the log and in the store', async () => {
  const [getting, project, looking, ...others] = blocksOf(page, 'sh');
  expect(others).toEqual([]);
  // What the first terminal does, `dev.test.ts` does: here it is done already.
  expect(getting).toBe('git clone ADDRESS bitten\ncd bitten\nnpx --yes pnpm@12 dev\n');
  const system = await System.start();
  const siblings = new Siblings(system.env);
  const prelude = canInstall() ? before : before + offline;

  siblings.must(`${prelude}\n${project}`, siblings.folder);
  const desk = join(siblings.folder, 'desk');
  writeFileSync(join(desk, 'desk.ts'), blocksOf(page, 'ts')[0]!);
  const said = siblings.must(`${prelude}\n${looking}`, desk);
  const [onDisk, tailed, , queried] = said.split('\n');
  expect(onDisk).toMatch(/^on disk at \d+$/);
  const seq = onDisk!.split(' ').at(-1)!;
  for (const line of [tailed, queried]) {
    expect(line).toContain(seq);
    expect(line).toContain('desk_opened');
    expect(line).toContain('trader=me cash=10000');
  }
});
