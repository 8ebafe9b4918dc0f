// What a reader's `pnpm` does of what the pages ask of it. `pnpm bitten` is run as it is. Of the other scripts most
// take minutes, and are run by CI: here the script has to be there, and its program has to know the options.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '../../..');
/** What pnpm itself does. */
const own = ['install', 'add', 'pack', 'exec', 'dlx', 'version', '--version'];
const args = process.argv.slice(2).filter((arg, index) => index > 0 || arg !== 'run');

if (args[0] === 'bitten') {
  const { status } = spawnSync('bitten', args.slice(1), { stdio: 'inherit' });
  process.exit(status ?? 1);
}
if (args[0] === '--filter' || args[0] === '-F') {
  const [, name, script, ...rest] = args;
  const folder = workspaces().find((each) => manifestOf(each).name === name);
  if (folder === undefined) fail(`pnpm: no workspace is named ${name}`);
  if (script === 'exec') checkExec(folder, rest);
  else if (manifestOf(folder).scripts?.[script] === undefined) fail(`pnpm: ${name} has no script ${script}`);
} else if (!own.includes(args[0])) {
  const line = manifestOf(root).scripts[args[0]];
  if (line === undefined) fail(`pnpm: there is no script ${args[0]}`);
  const program = line
    .match(/node (\S+\.js)/g)
    ?.at(-1)
    ?.slice('node '.length);
  const flags = args.slice(1).filter((arg) => arg.startsWith('--'));
  if (program !== undefined && flags.length > 0) checkFlags({ line, program, flags });
}

/** The options a program knows are in its help; of one that its script builds first, in its source. */
function checkFlags({ line, program, flags }) {
  const file = join(root, line.includes('cd tests') ? 'tests' : '.', program);
  const known = /cd tests/.test(line) || !existsSync(file) ? sourceAround(file) : helpOf(file);
  for (const flag of flags) {
    const name = flag.split('=')[0];
    if (name !== '--help' && !known.includes(known.isSource ? name.slice(2) : name)) {
      fail(`pnpm: ${program} knows no ${name}`);
    }
  }
}

function helpOf(file) {
  const { stdout, stderr } = spawnSync(process.execPath, [file, '--help'], {
    encoding: 'utf8',
    timeout: 20_000,
  });
  return Object.assign(`${stdout}${stderr}`.split(/[\s,=|[\]]+/), { isSource: false });
}

function sourceAround(file) {
  const folder = dirname(dirname(file));
  const texts = readdirSync(folder)
    .filter((name) => name.endsWith('.ts') && statSync(join(folder, name)).isFile())
    .map((name) => readFileSync(join(folder, name), 'utf8'));
  return Object.assign(texts.join('\n').split(/[^\w-]+/), { isSource: true });
}

function checkExec(folder, [command, ...rest]) {
  const file = rest.find((word) => /\.[jt]s$/.test(word));
  if (file !== undefined && !existsSync(join(folder, file))) fail(`pnpm: ${folder} has no ${file}`);
  if (command !== 'vitest' && command !== 'tsc') fail(`pnpm exec: ${command} is not known here`);
}

function workspaces() {
  const lines = readFileSync(join(root, 'pnpm-workspace.yaml'), 'utf8').split('\n');
  return lines
    .filter((line) => /^ {2}- /.test(line))
    .map((line) => line.slice(4))
    .flatMap((pattern) =>
      pattern.endsWith('/*')
        ? readdirSync(join(root, pattern.slice(0, -2))).map((name) => join(root, pattern.slice(0, -2), name))
        : [join(root, pattern)],
    )
    .filter((folder) => existsSync(join(folder, 'package.json')));
}

function manifestOf(folder) {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
}

function fail(why) {
  console.error(why);
  process.exit(1);
}
