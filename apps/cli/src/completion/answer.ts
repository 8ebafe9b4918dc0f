import { ShellCompDirective } from '@bomb.sh/tab';
import { commands, makeProgram } from '../program.js';
import { treeOf } from './tree.js';

/**
 * What a shell is told that asks for the words that may stand next: one a line with its meaning behind a tab, and a
 * last line that says whether file names may stand there as well. `words` are those after the program's name, the
 * last of them the one being typed, empty where none is yet. It asks neither bus nor store, and never fails: a shell
 * has nobody to tell it to.
 */
export async function answerCompletion(words: readonly string[], version: string): Promise<string> {
  try {
    return await suggest(words, version);
  } catch {
    return `:${ShellCompDirective.ShellCompDirectiveError}\n`;
  }
}

async function suggest(words: readonly string[], version: string): Promise<string> {
  const current = words.at(-1) ?? '';
  const before = words.slice(0, -1);
  const names = Object.keys(commands).filter((name) => before.includes(name));
  const context = { signal: new AbortController().signal, exitWith: () => {} };
  const program = await makeProgram(names, { version, context });
  // Without a command named, the program's own flags have not been added yet.
  if (names.length === 0) (await import('../settings.js')).addSettings(program);
  let mayBeFile = false;
  const value = current.slice(current.indexOf('=') + 1);
  const root = treeOf(program, {
    listed: value.slice(0, value.lastIndexOf(',') + 1),
    onFiles: () => {
      mayBeFile = true;
    },
  });
  // A single dash begins long options too; tab would offer the short ones alone.
  const lines = printedBy(() => root.parse([...before, current === '-' ? '--' : current]));
  // tab never lets the shell complete files: its last line always says so.
  if (mayBeFile) lines[lines.length - 1] = `:${ShellCompDirective.ShellCompDirectiveDefault}`;
  return `${lines.join('\n')}\n`;
}

/** tab prints what it finds, by `console.log`. */
function printedBy(act: () => void): string[] {
  const lines: string[] = [];
  const { log } = console;
  console.log = (line: string) => void lines.push(line);
  try {
    act();
  } finally {
    console.log = log;
  }
  return lines;
}
