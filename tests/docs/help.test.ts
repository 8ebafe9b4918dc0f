import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { programs } from '../support/places.js';
import { makePythonDatabase } from '../support/python-database.js';
import { readBlocks } from './blocks.js';
import { allHelp, type Help, optionsOf } from './help.js';
import { given, mayEndWith, prepare } from './help-examples.js';
import { proseOf } from './prose.js';
import { Reader } from './reader.js';

const page = 'docs/CLI.md';
let help: Help[];

beforeAll(() => {
  help = allHelp();
});

test('docs/CLI.md names each command and each option the help shows', () => {
  const shown = [proseOf(page), ...readBlocks(page).map(({ text }) => text)].join('\n');
  const words = new Set(shown.match(/--[a-z][\w-]*/g));
  const missing = help.flatMap(({ name, options, globals }) =>
    [...options, ...globals]
      .filter((option) => !['--help', '--version'].includes(option) && !words.has(option))
      .map((option) => `bitten ${name} ${option}`),
  );
  expect([...new Set(missing)]).toEqual([]);
  const sections = [...shown.matchAll(/^#+ (.*)$/gm)].map(([, heading]) => heading);
  const commands = help[0]!.commands.filter((name) => name !== 'help');
  expect(
    commands.filter((name) => !sections.includes(name) || !shown.includes(`[\`${name}\`](#${name})`)),
  ).toEqual([]);
});

test('docs/CLI.md gives no option that no command has', () => {
  const words = codeLines().flatMap((line) => line.match(/(?<=^|[\s`|[(])--[a-z][\w-]*/g) ?? []);
  const ofCommands = help.flatMap(({ options, globals }) => [...options, ...globals]);
  const known = new Set([...ofCommands, ...optionsOf(programs.bus), ...optionsOf(programs.collector)]);
  expect([...new Set(words)].filter((word) => !known.has(word))).toEqual([]);
});

test('the examples of each --help run', async () => {
  const reader = await Reader.open();
  for (const [name, text] of Object.entries(given)) writeFileSync(join(reader.folder, name), text);
  mkdirSync(join(reader.folder, 'event_bus'));
  makePythonDatabase(join(reader.folder, 'event_bus/bitten_events.db'), { rows: 50, seed: 'help' });
  const { code, said } = await reader.sh(`set -e\n${prepare}`);
  expect({ code, said }).toMatchObject({ code: 0 });
  const wrong: string[] = [];
  for (const example of help.flatMap(({ examples }) => examples)) {
    await reader.settled();
    // What follows the bus goes on until Ctrl-C: that long is enough to fail in.
    const ended = await reader.sh(example, { follow_ms: 1_500 });
    if (!mayEndWith(example).includes(ended.code)) {
      wrong.push(`$ ${example}\nended with ${ended.code}, and said:\n${ended.said}`);
    }
  }
  expect(wrong.join('\n\n')).toBe('');
});

/** The prose's code and what is typed: not what the commands say. */
function codeLines(): string[] {
  const typed = readBlocks(page).flatMap(({ text }) =>
    text.split('\n').filter((line) => line.startsWith('$ bitten')),
  );
  return [...proseOf(page).split('\n'), ...typed.map((line) => line.replace(/#.*$/, ''))];
}
