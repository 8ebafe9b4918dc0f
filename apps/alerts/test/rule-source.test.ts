import { mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RuleFileError } from '@bitten/alerts';
import { expect, onTestFinished, test } from 'vitest';
import { RuleSource } from '../src/rule-source.js';

function makeSource(text: string) {
  const folder = mkdtempSync(join(tmpdir(), 'bitten-rules-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'rules.yaml');
  /** As an editor does it: another file in the place of the old one. */
  const write = (changed: string) => {
    writeFileSync(`${file}.new`, changed);
    renameSync(`${file}.new`, file);
  };
  write(text);
  return { file, source: new RuleSource({ file, env: {} }), write, remove: () => rmSync(file) };
}

const rules = (name: string) => `rules: [{ name: ${name}, when: { event: t } }]`;

test('rules without a channel go to the log', () => {
  const { rules: read, channels } = makeSource(rules('a')).source.read();
  expect([read[0]!.name, channels.map(({ kind }) => kind)]).toEqual(['a', ['log']]);
});

test('a file is read again when it has changed, and only then', () => {
  const { source, write } = makeSource(rules('a'));
  source.read();
  expect(source.readChanged()).toBeNull();
  write(rules('b'));
  expect(source.readChanged()?.rules[0]?.name).toBe('b');
  expect(source.readChanged()).toBeNull();
});

test('one that is wrong, or gone, is a problem until it is right again, and nothing to go by', () => {
  const { source, write, remove } = makeSource(rules('a'));
  source.read();
  for (const spoil of [() => write('rules: 7'), remove]) {
    spoil();
    expect(source.readChanged()).toBeNull();
    expect(source.problem).not.toBeNull();
    write(rules('b'));
    expect(source.readChanged()).not.toBeNull();
    expect(source.problem).toBeNull();
  }
});

test('one that cannot be looked at for a while is read when it can, although nothing in it has changed', () => {
  const { source, file } = makeSource(rules('a'));
  source.read();
  renameSync(file, `${file}.kept`);
  symlinkSync(file, file);
  expect(source.readChanged()).toBeNull();
  expect(source.problem).toContain('ELOOP');
  rmSync(file);
  renameSync(`${file}.kept`, file);
  expect(source.readChanged()).not.toBeNull();
  expect(source.problem).toBeNull();
});

test('at the start there is nothing to fall back on: a file that is wrong ends it', () => {
  expect(() => makeSource('rules: 7').source.read()).toThrow(RuleFileError);
});
