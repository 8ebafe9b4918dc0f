import { join } from 'node:path';
import { standardDefinitions } from '@bitten/schema';
import type { Command } from 'commander';
import { resolveSettings } from '../settings.js';
import { readNamedCursors } from '../verify/folder.js';

/** A word that may stand at a place, and what it means. */
interface Value {
  value: string;
  description: string;
}

/** What may stand at a place: some words, or the name of a file, which the shell knows best. */
export type Values = { kind: 'words'; list: () => Value[] } | { kind: 'files' };

/** Of an option, by its long name; null where it takes any text. */
export function valuesOfOption(name: string, flags: string): Values | null {
  if (name === '--type' || name === '--types') return { kind: 'words', list: eventTypes };
  return namesFile(flags) ? { kind: 'files' } : null;
}

/** Of an argument of a command, by the command's words and the argument's name. */
export function valuesOfArgument(path: string, name: string, program: Command): Values | null {
  if (path === 'publish' && name === 'type') return { kind: 'words', list: eventTypes };
  if (path === 'schema show') return { kind: 'words', list: eventTypes };
  if (/^cursors (reset|delete)$/.test(path)) return { kind: 'words', list: () => cursorNames(program) };
  return namesFile(name) ? { kind: 'files' } : null;
}

function namesFile(text: string): boolean {
  return /\b(files?|folder|path|dir)\b/i.test(text);
}

function eventTypes(): Value[] {
  return Object.values(standardDefinitions).map(({ type, description }) => ({ value: type, description }));
}

/** As the bus has written them down: nobody who presses TAB waits for an answer of the bus. */
function cursorNames(program: Command): Value[] {
  try {
    const { dataDir } = resolveSettings(program);
    return readNamedCursors(join(dataDir, 'log', 'cursors.json')).map(({ name, next }) => ({
      value: name,
      description: `stands at ${next}`,
    }));
  } catch {
    return [];
  }
}
