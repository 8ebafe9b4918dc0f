import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { isLoopback } from '../src/doors/exposure.js';
import { addToAllowList, readAllowList, removeFromAllowList } from '../src/keys/allow-list.js';
import {
  createClientKey,
  createServerKey,
  keyFilesIn,
  readClientKey,
  readServerKey,
} from '../src/keys/key-files.js';
import { KeyFileError, makeKeyPair } from '../src/keys/key-pair.js';
import { encodeZ85 } from '../src/keys/z85.js';

function keysDir(): string {
  const dir = mkdtempSync(join(tmpdir(), 'bitten-transport-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return join(dir, 'keys');
}

function thrown(work: () => unknown): KeyFileError {
  try {
    work();
  } catch (error) {
    if (error instanceof KeyFileError) return error;
    throw error;
  }
  throw new Error('expected a KeyFileError');
}

describe('key files', () => {
  it('come out as they went in, private, and are never overwritten', () => {
    const dir = keysDir();
    const publicKey = createServerKey(dir);
    const { file, key } = createClientKey(dir, 'webapp');
    expect(readServerKey(dir).publicKey).toBe(publicKey);
    expect(readClientKey(file)).toEqual({ ...key, serverKey: publicKey, name: 'webapp' });
    const { server, allowed, clients } = keyFilesIn(dir);
    for (const path of [server, allowed, file]) expect(statSync(path).mode & 0o777).toBe(0o600);
    for (const path of [dir, clients]) expect(statSync(path).mode & 0o777).toBe(0o700);
    const before = readFileSync(server, 'utf8') + readFileSync(file, 'utf8');
    expect(thrown(() => createServerKey(dir)).code).toBe('key_exists');
    expect(thrown(() => createClientKey(dir, 'webapp')).code).toBe('key_exists');
    expect(readFileSync(server, 'utf8') + readFileSync(file, 'utf8')).toBe(before);
  });

  it('keep the list when the bus gets a new pair', () => {
    const dir = keysDir();
    createServerKey(dir);
    const { server, allowed } = keyFilesIn(dir);
    addToAllowList(allowed, createClientKey(dir, 'webapp').key);
    rmSync(server);
    createServerKey(dir);
    expect(readAllowList(allowed).map(({ name }) => name)).toEqual(['webapp']);
  });

  it.each([0o640, 0o604, 0o660])('are refused when others may open them: %o', (mode) => {
    const dir = keysDir();
    createServerKey(dir);
    const { file } = createClientKey(dir, 'webapp');
    const { server, allowed } = keyFilesIn(dir);
    for (const path of [server, file, allowed]) chmodSync(path, mode);
    for (const read of [() => readServerKey(dir), () => readClientKey(file), () => readAllowList(allowed)]) {
      expect(thrown(read).remedy).toContain('chmod 600');
    }
  });

  it('that are links, missing or damaged are refused with what to do, and without what stands in them', () => {
    const dir = keysDir();
    expect(thrown(() => readServerKey(dir)).remedy).toContain('bitten keys init');
    createServerKey(dir);
    const { file, key } = createClientKey(dir, 'webapp');
    symlinkSync(file, join(dir, 'link'));
    expect(thrown(() => readClientKey(join(dir, 'link'))).message).toContain('symbolic link');
    writeFileSync(file, readFileSync(file, 'utf8').replace('secret ', 'secret x'));
    const error = thrown(() => readClientKey(file));
    expect(JSON.stringify([error.message, error.found, error.expected, error.remedy])).not.toContain(
      key.secretKey,
    );
    expect(error.message).toContain('secret');
  });

  it.each(['../x', '.hidden', 'a b', '', 'x'.repeat(65), 'a/b'])(
    'have names that can be files: not %j',
    (name) => {
      const dir = keysDir();
      createServerKey(dir);
      expect(thrown(() => createClientKey(dir, name)).expected).toContain('A-Z');
    },
  );
});

describe('an allow-list', () => {
  it('takes keys that begin as a comment does, and people’s own lines', () => {
    const dir = keysDir();
    createServerKey(dir);
    const { allowed } = keyFilesIn(dir);
    const odd = `#${makeKeyPair().publicKey.slice(1)}`;
    writeFileSync(allowed, `# written by hand\n\n${odd} odd`);
    addToAllowList(allowed, { publicKey: makeKeyPair().publicKey, name: 'late' });
    expect(readAllowList(allowed).map(({ name }) => name)).toEqual(['odd', 'late']);
    expect(thrown(() => addToAllowList(allowed, { publicKey: odd, name: 'twice' })).code).toBe('key_exists');
    expect(removeFromAllowList(allowed, 'odd')).toBe(true);
    expect(removeFromAllowList(allowed, 'odd')).toBe(false);
    expect(readFileSync(allowed, 'utf8')).toMatch(/^# written by hand\n/);
    expect(readAllowList(allowed).map(({ name }) => name)).toEqual(['late']);
    expect(statSync(allowed).mode & 0o777).toBe(0o600);
  });

  it.each(['short name', 'only-one-word', `${'x'.repeat(40)} two names`])(
    'refuses a line that is wrong: %s',
    (line) => {
      const dir = keysDir();
      createServerKey(dir);
      const { allowed } = keyFilesIn(dir);
      writeFileSync(allowed, `${line}\n`);
      expect(thrown(() => readAllowList(allowed)).remedy).toContain('line 1');
    },
  );
});

it('bytes are written as ZeroMQ writes them', () => {
  // The example of RFC 32.
  expect(encodeZ85(Buffer.from('864fd26fb559f75b', 'hex'))).toBe('HelloWorld');
});

it.each([
  ['127.0.0.1', true],
  ['127.9.8.7', true],
  ['localhost', true],
  ['::1', true],
  ['lo', true],
  ['0.0.0.0', false],
  ['*', false],
  ['10.0.0.5', false],
  ['128.0.0.1', false],
  ['127.example.org', false],
  ['::', false],
  ['', false],
])('%s is this machine alone: %s', (host, expected) => {
  expect(isLoopback(host)).toBe(expected);
});
