import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import {
  aliases,
  createStandardCatalogue,
  decodeEvent,
  describeExpiry,
  describeKey,
  envelopeInfo,
  type FieldInfo,
  limits,
  schemaInfo,
} from '../src/index.js';
import { types } from './support/samples.js';

const page = readFileSync(new URL('../../../docs/EVENTS.md', import.meta.url), 'utf8');

/** The text under a heading, up to the next one of any level. */
function section(heading: string): string {
  const lines = page.split('\n');
  const start = lines.indexOf(heading);
  expect(start, `${heading} is on the page`).toBeGreaterThanOrEqual(0);
  const end = lines.findIndex((line, at) => at > start && line.startsWith('#'));
  return lines.slice(start + 1, end === -1 ? undefined : end).join('\n');
}

/** The cells of the first table of a text, without its two head lines. */
function rows(text: string): string[][] {
  const lines = text.split('\n').filter((line) => line.startsWith('|'));
  return lines.slice(2).map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

function wanted(fields: Readonly<Record<string, FieldInfo>>): string[][] {
  return Object.entries(fields).map(([name, field]) => [
    `\`${name}\`${field.required ? ' *' : ''}`,
    field.constraint,
    field.meaning,
  ]);
}

describe('docs/EVENTS.md tells the truth', () => {
  test('about the envelope', () => {
    expect(rows(section('## The envelope'))).toEqual(wanted(envelopeInfo()));
  });

  test.each(types)('about %s', (type) => {
    const info = schemaInfo(type);
    const text = section(`#### ${type}`);
    expect(text).toContain(info?.description);
    expect(rows(text)).toEqual(wanted(info?.fields ?? {}));
  });

  test('about no other type', () => {
    const named = page.split('\n').filter((line) => line.startsWith('#### '));
    expect(named.map((line) => line.slice(5)).sort()).toEqual([...types].sort());
  });

  test('about aliases', () => {
    const table = Object.entries(aliases).flatMap(([type, names]) =>
      Object.entries(names as Record<string, readonly string[]>).map(([canonical, also]) => [
        `\`${type}\``,
        `\`${canonical}\``,
        also.map((name) => `\`${name}\``).join(', '),
      ]),
    );
    expect(rows(section('## Names that callers use'))).toEqual(table);
  });

  test('in its example', () => {
    const [example = ''] = page.match(/(?<=```json\n)\{.*?\n\}(?=\n```)/s) ?? [];
    expect(decodeEvent(example, createStandardCatalogue())).toMatchObject({ ok: true });
  });

  test('about limits', () => {
    expect(limits.event_bytes_max).toBe(1024 * 1024);
    expect(page).toContain('1 MiB of UTF-8');
    expect(page).toContain(`${limits.event_depth_max} levels`);
  });
});

test('docs/EVENTS.md tells the class of each type', () => {
  const table = new Map(rows(section('## Classes')).map(([type, ...cells]) => [type, cells]));
  for (const type of types) {
    const { key, overload, expires } = schemaInfo(type)!;
    const told = table.get(`\`${type}\``) ?? table.get('all others');
    expect([type, ...told!]).toEqual([type, describeKey(key), overload, describeExpiry(expires)]);
  }
  const known = new Set(types.map((type) => `\`${type}\``)).add('all others');
  expect([...table.keys()].filter((name) => !known.has(name!))).toEqual([]);
});
