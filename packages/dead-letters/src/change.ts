import { BadChangeError } from './errors.js';
import { endOfValue, type Member, membersOf, skipSpace } from './json/scan.js';

/** Where a field stands, outermost key first; an index for an item of a list. */
export type Path = readonly string[];

/** One change to a payload. `json` is the new value as JSON text, so that every digit of it counts. */
export type Change =
  | { kind: 'set'; path: Path; json: string }
  | { kind: 'unset'; path: Path }
  | { kind: 'replace'; payload: string };

/** `data.details.note` as a path; `\.` is a dot within a key. Throws `BadChangeError` for an empty key. */
export function parsePath(text: string): string[] {
  const keys = (text.match(/(?:\\.|[^.\\])+|\./g) ?? []).filter((piece) => piece !== '.');
  if (keys.length !== text.split(/(?<!\\)\./).length) {
    throw new BadChangeError('that is no path', JSON.stringify(text), 'write data.direction, or source');
  }
  return keys.map((key) => key.replaceAll(/\\(.)/g, '$1'));
}

/**
 * A payload with changes made to it, one after the other; everything else in it keeps its meaning to the last digit.
 * Where a key stands twice the last one counts: it is set, and all of them are unset. Whether the result is a valid
 * event is for `examineText` to say. Throws `BadChangeError`.
 */
export function changePayload(payload: string, changes: readonly Change[]): string {
  let text = payload;
  for (const change of changes) {
    if (change.kind === 'replace') text = change.payload;
    else text = changeField(withoutMark(text), change);
  }
  return text;
}

/** A byte order mark says nothing, and is all that makes some JSON invalid. */
function withoutMark(text: string): string {
  return text.startsWith('\ufeff') ? text.slice(1) : text;
}

function changeField(text: string, change: Exclude<Change, { kind: 'replace' }>): string {
  const start = skipSpace(text, 0);
  if (text[start] !== '{') {
    throw new BadChangeError('the payload cannot be changed field by field', 'it is no JSON object');
  }
  if (skipSpace(text, endOfValue(text, start)) !== text.length) {
    throw new BadChangeError(
      'the payload cannot be changed field by field',
      'there is more behind the object',
    );
  }
  return change.kind === 'set' ? setField(text, start, change) : unsetField(text, start, change.path);
}

function setField(text: string, root: number, { path, json }: { path: Path; json: string }): string {
  let start = root;
  for (const [depth, key] of path.entries()) {
    const members = membersOf(text, start);
    const member = lastOf(members, key);
    const below = path.slice(depth + 1);
    if (member === undefined) return insert(text, { start, members, key, json: wrap(below, json) });
    // What is null counts as absent: an object takes its place.
    const isAbsent = text.startsWith('null', member.value);
    if (below.length === 0 || isAbsent) return splice(text, member.value, member.end, wrap(below, json));
    start = enter(text, member, path.slice(0, depth + 1));
  }
  throw new BadChangeError('nothing was named', 'an empty path', 'name a field: data.direction');
}

function unsetField(text: string, root: number, path: Path): string {
  let start = root;
  for (const [depth, key] of path.slice(0, -1).entries()) {
    const member = lastOf(membersOf(text, start), key);
    if (member === undefined) throw absent(path);
    start = enter(text, member, path.slice(0, depth + 1));
  }
  const key = path.at(-1);
  if (!membersOf(text, start).some((member) => member.key === key)) throw absent(path);
  const isList = text[start] === '[';
  let rest = text;
  for (;;) {
    const members = membersOf(rest, start);
    const at = members.findIndex((member) => member.key === key);
    if (at === -1) return rest;
    rest = remove(rest, members, at);
    // The items behind it have moved up to its index.
    if (isList) return rest;
  }
}

function lastOf(members: readonly Member[], key: string): Member | undefined {
  return members.findLast((member) => member.key === key);
}

/** The position of the object or list that a member holds. */
function enter(text: string, { value }: Member, path: Path): number {
  if (text[value] === '{' || text[value] === '[') return value;
  throw new BadChangeError(
    `${path.join('.')} holds no fields`,
    text.slice(value, value + 40),
    `set ${path.join('.')} itself`,
  );
}

interface Insertion {
  /** Of the object or list. */
  start: number;
  members: readonly Member[];
  key: string;
  json: string;
}

function insert(text: string, { start, members, key, json }: Insertion): string {
  const isList = text[start] === '[';
  if (isList && key !== String(members.length)) {
    throw new BadChangeError(`the list has no item ${key}`, `a list of ${members.length}`, 'count from 0');
  }
  const end = members.at(-1)?.end ?? start + 1;
  const comma = members.length === 0 ? '' : ',';
  return splice(text, end, end, `${comma}${isList ? '' : `${JSON.stringify(key)}:`}${json}`);
}

/** A member with the comma that belongs to it. */
function remove(text: string, members: readonly Member[], at: number): string {
  const { start, end } = members[at]!;
  const next = members[at + 1];
  if (next !== undefined) return splice(text, start, next.start, '');
  const before = members[at - 1];
  return splice(text, before === undefined ? start : before.end, end, '');
}

/** The value as the objects around it that are not there yet. */
function wrap(path: Path, json: string): string {
  return path.reduceRight((inner, key) => `{${JSON.stringify(key)}:${inner}}`, json);
}

function splice(text: string, start: number, end: number, piece: string): string {
  return text.slice(0, start) + piece + text.slice(end);
}

function absent(path: Path): BadChangeError {
  return new BadChangeError(
    `there is no ${path.join('.')} to unset`,
    'an object without it',
    'look at the payload: bitten dead-letters show',
  );
}
