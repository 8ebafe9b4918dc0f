import { readFileSync } from 'node:fs';
import { type Change, parsePath } from '@bitten/dead-letters';
import { UsageError } from '@bitten/runtime';

/** The options that say how a payload is to be changed. */
export interface ChangeOptions {
  set?: string[];
  unset?: string[];
  payload?: string;
}

/** In this order: the whole payload, then fields unset, then fields set. Empty where no option was given. */
export function readChanges({ set = [], unset = [], payload }: ChangeOptions): Change[] {
  return [
    ...(payload === undefined ? [] : [{ kind: 'replace' as const, payload: readText(payload) }]),
    ...unset.map((path) => ({ kind: 'unset' as const, path: parsePath(path) })),
    ...set.map(readSet),
  ];
}

/** What begins with `#` above the payload is what `edit` wrote there for people; no JSON does. */
export function withoutComments(text: string): string {
  return text.replace(/^(?:[ \t]*(?:#.*)?\r?\n)*(?:#.*$)?/, '').trimEnd();
}

function readText(file: string): string {
  try {
    return withoutComments(readFileSync(file === '-' ? 0 : file, 'utf8'));
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new UsageError(
      `--payload: ${file} cannot be read (${why})`,
      'name a file, or - for standard input',
    );
  }
}

/** `data.confidence=85` is a number, `data.direction=BUY` a text: what reads as JSON is what it says. */
function readSet(field: string): Change {
  const at = field.indexOf('=');
  if (at < 1) {
    throw new UsageError(
      `--set: expected PATH=VALUE, found ${JSON.stringify(field)}`,
      'write --set data.direction=BUY',
    );
  }
  const value = field.slice(at + 1);
  return {
    kind: 'set',
    path: parsePath(field.slice(0, at)),
    json: isJson(value) ? value : JSON.stringify(value),
  };
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
