// What a reader's `npx` does of what the pages ask of it: pnpm, and vitest on a file that has to be there.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

const [name, ...args] = process.argv.slice(2).filter((arg) => arg !== '--yes');
if (/^pnpm(@|$)/.test(name)) {
  const { status } = spawnSync('pnpm', args, { stdio: 'inherit' });
  process.exit(status ?? 1);
}
if (name === 'vitest' && args[0] === 'run') {
  checkTests(args.slice(1));
} else if (!existsSync(join('node_modules/.bin', name))) {
  fail(`npx: there is no ${name} here`);
}

/** The tests themselves are run by the tests: here only that the file, and a test of that name, are there. */
function checkTests(words) {
  const at = words.indexOf('-t');
  const files = at < 0 ? words : words.slice(0, at);
  const texts = files.flatMap((file) => textsOf(file));
  if (texts.length === 0) fail(`vitest: no test in ${files.join(' ')}`);
  if (at >= 0 && !texts.some((text) => text.includes(words[at + 1])))
    fail(`vitest: no test of ${words[at + 1]}`);
}

function textsOf(path) {
  if (!existsSync(path)) return [];
  if (statSync(path).isFile()) return [readFileSync(path, 'utf8')];
  return readdirSync(path)
    .filter((file) => file.endsWith('.test.ts'))
    .map((file) => readFileSync(join(path, file), 'utf8'));
}

function fail(why) {
  console.error(why);
  process.exit(1);
}
