import { spawnSync } from 'node:child_process';
import { programs } from '../support/places.js';

/** What a command says of itself. */
export interface Help {
  /** `cursors reset`; empty for `bitten` itself. */
  name: string;
  /** Its own options, such as `--from`. */
  options: string[];
  /** Those that all commands take. */
  globals: string[];
  /** Its examples, as they are typed. */
  examples: string[];
  commands: string[];
}

/** The help of `bitten`, of each of its commands, and of the commands of these. */
export function allHelp(): Help[] {
  return descend('');
}

/** The options a program of ours takes, by its help. */
export function optionsOf(program: string): string[] {
  const { stdout } = spawnSync(process.execPath, [program, '--help'], { encoding: 'utf8', timeout: 30_000 });
  return stdout.match(/--[a-z][\w-]*/g) ?? [];
}

function descend(name: string): Help[] {
  const help = readHelp(name);
  const below = help.commands.filter((word) => word !== 'help');
  return [help, ...below.flatMap((word) => descend(`${name} ${word}`.trim()))];
}

function readHelp(name: string): Help {
  const args = [programs.cli, ...name.split(' ').filter((word) => word !== ''), '--help'];
  const { stdout, status } = spawnSync(process.execPath, args, { encoding: 'utf8', timeout: 30_000 });
  if (status !== 0) throw new Error(`bitten ${name} --help ended with ${status}`);
  return {
    name,
    options: optionsIn(partOf(stdout, 'Options')),
    globals: optionsIn(partOf(stdout, 'Global Options')),
    examples: examplesIn(partOf(stdout, 'Examples')),
    commands: [...partOf(stdout, 'Commands').matchAll(/^ {2}([a-z][\w-]*)/gm)].map(([, word]) => word!),
  };
}

/** The indented lines under a heading. */
function partOf(help: string, heading: string): string {
  const lines = help.split('\n');
  const start = lines.indexOf(`${heading}:`);
  if (start < 0) return '';
  const rest = lines.slice(start + 1);
  const end = rest.findIndex((line) => !line.startsWith(' '));
  return rest.slice(0, end < 0 ? undefined : end).join('\n');
}

function optionsIn(part: string): string[] {
  return [...part.matchAll(/^ {2}(?:-\w, )?(--[\w-]+)/gm)].map(([, option]) => option!);
}

/** One a line, but for lines that end in a backslash; what explains an example stands behind two spaces. */
function examplesIn(part: string): string[] {
  return part
    .replace(/\\\n\s*/g, '')
    .split('\n')
    .map((line) => commandOf(line.trim()))
    .filter((line) => line !== '');
}

/** What stands before the first two spaces that are within no quotes. */
function commandOf(line: string): string {
  return /^(?:'[^']*'|"[^"]*"|(?! {2})[^'"])*/.exec(line)![0];
}
