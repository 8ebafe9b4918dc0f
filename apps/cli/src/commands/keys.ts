import { join, relative, resolve } from 'node:path';
import { findPlace, keysFolder, UsageError } from '@bitten/runtime';
import {
  addToAllowList,
  createClientKey,
  createServerKey,
  KeyFileError,
  keyFilesIn,
  readAllowList,
  readServerKey,
  removeFromAllowList,
} from '@bitten/transport';
import type { Command } from 'commander';
import type { CommandContext } from '../command.js';
import { howToUseKey } from '../keys/usage.js';
import { resolveSettings } from '../settings.js';
import { renderTable } from '../show/table.js';
import { say } from '../show/terminal.js';

interface KeysOptions {
  keysDir?: string;
}

const help = `
Examples:
  bitten keys init                the bus's own pair, once; then start the bus with --curve
  bitten keys client webapp       a pair for a component, which may come in from now on
  bitten keys list                who may come in
  bitten keys revoke webapp       it is put out within about a second, and comes in no more

Keys are files of mode 0600 in keys/ of the data folder. A secret key is never printed. docs/SECURITY.md shows how the
bus is run beyond one machine.
`;

export function addKeys(command: Command, context: CommandContext): void {
  const actions: ReadonlyArray<[usage: string, summary: string, run: (dir: string, name: string) => void]> = [
    ['init', "make the bus's own pair and an empty list of clients", init],
    ['client <name>', 'make a pair for a client and let it in', addClient],
    ['list', 'show who may come in', list],
    ['revoke <name>', 'let a client in no more', revoke],
  ];
  command.addHelpText('after', help);
  for (const [usage, summary, run] of actions) {
    const sub = command.command(usage).description(summary).copyInheritedSettings(command);
    sub.option(
      '--keys-dir <folder>',
      'folder of the keys (BITTEN_KEYS_DIR); default: keys in the data folder',
    );
    sub.action((...args: unknown[]) => {
      const name = usage.includes('<name>') ? String(args[0]) : '';
      run(keysDirOf(sub.opts<KeysOptions>(), context), name);
    });
  }
}

function keysDirOf({ keysDir }: KeysOptions, { program }: CommandContext): string {
  const { dataDir } = resolveSettings(program);
  const given = keysDir ?? process.env.BITTEN_KEYS_DIR;
  const isGiven = given !== undefined && given !== '' && given !== 'none';
  return keysFolder({
    keysDir: isGiven ? resolve(findPlace(process.cwd(), process.env).cwd, given) : null,
    dataDir,
  });
}

function init(keysDir: string): void {
  const publicKey = createServerKey(keysDir);
  process.stdout.write(`${publicKey}\n`);
  const { server, allowed } = keyFilesIn(keysDir);
  say(
    `The bus's pair is in ${shown(server)}; above is the public key. Nobody may come in yet (${shown(allowed)}).`,
  );
  say(
    'Next: bitten keys client NAME, for each component; then start the bus with --curve (BITTEN_CURVE=true).',
  );
}

function addClient(keysDir: string, name: string): void {
  const { allowed } = keyFilesIn(keysDir);
  // Before there is a file: a list that cannot be read would leave a key that does not open anything.
  if (readAllowList(allowed).some((key) => key.name === name)) throw isThere(name);
  const { file, key } = createClientKey(keysDir, name);
  addToAllowList(allowed, key);
  process.stdout.write(`${file}\n`);
  say(howToUseKey(name, file));
}

function list(keysDir: string): void {
  const { publicKey } = readServerKey(keysDir);
  const keys = readAllowList(keyFilesIn(keysDir).allowed);
  say(`public key of the bus: ${publicKey}`);
  if (keys.length === 0) return say('nobody may come in yet: bitten keys client NAME');
  const rows = keys.map((key) => [key.name, key.publicKey]);
  const width = Number.POSITIVE_INFINITY;
  process.stdout.write(`${renderTable({ head: ['name', 'public key'], rows, width, right: [] })}\n`);
}

function revoke(keysDir: string, name: string): void {
  const { allowed, clients } = keyFilesIn(keysDir);
  if (!removeFromAllowList(allowed, name)) {
    throw new UsageError(`no client is named ${name}`, 'bitten keys list shows who there is');
  }
  say(`${name} comes in no more. A bus that runs puts it out within about a second: to do that it cuts off everybody
on the ports where ${name} was, and all others come back by themselves. Publishers with receipts lose nothing; what
is on its way to port 5571 just then, where there are no receipts, is lost, and subscribers of port 5570 miss what is
sent meanwhile. The file ${shown(join(clients, `${name}.key`))} opens nothing any more; delete it before the
name is used again.`);
}

function isThere(name: string): KeyFileError {
  return new KeyFileError(name, {
    code: 'key_exists',
    found: 'one that may come in already',
    expected: 'a name that is not in use',
    remedy: `choose another name, or first: bitten keys revoke ${name}`,
  });
}

/** As short as it can be typed from here. */
function shown(file: string): string {
  const from = relative(process.cwd(), file);
  return from.startsWith('..') ? file : from;
}
