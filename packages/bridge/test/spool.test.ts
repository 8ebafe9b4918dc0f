import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { Spool } from '../src/spool.js';
import { temporaryDir } from './support/world.js';

let dir: string;
beforeEach(() => {
  dir = join(temporaryDir(), 'name');
});

const body = (...texts: string[]) => Buffer.from(texts.join('\n'));
const own = (producer: string) => join(dir, producer);

function left(producer: string, first = 1): void {
  const spool = Spool.open({ dir, producer });
  spool.append({ first, count: 2, body: body('{"a":1}', '{"a":2}') });
  spool.close();
}

test('batches come back by number, joined, from wherever they are asked for', () => {
  const spool = Spool.open({ dir, producer: 'p' });
  expect(spool).toMatchObject({ first: undefined, last: 0 });
  spool.append({ first: 41, count: 2, body: body('a', 'b') });
  spool.append({ first: 43, count: 1, body: body('c') });
  expect(spool).toMatchObject({ first: 41, last: 43 });
  expect(spool.read(41)).toEqual({ first: 41, count: 3, body: body('a', 'b', 'c') });
  expect(spool.read(42)).toEqual({ first: 42, count: 2, body: body('b', 'c') });
  expect(spool.read(44)).toBeNull();
  expect(statSync(own('p')).mode & 0o777).toBe(0o700);
  spool.delete();
  expect(existsSync(own('p'))).toBe(false);
});

test('what is acknowledged frees the disk', () => {
  const spool = Spool.open({ dir, producer: 'p' });
  const large = body('x'.repeat(1_000_000));
  for (let first = 1; first <= 20; first += 1) spool.append({ first, count: 1, body: large });
  const before = spool.bytes;
  spool.release(15);
  expect(spool.bytes).toBeLessThan(before / 2);
  expect(spool.read(16)?.first).toBe(16);
  spool.delete();
});

describe('a spool that was left behind', () => {
  test('is found, oldest first, and adopted with its id and its numbers', () => {
    left('b', 7);
    left('a');
    expect(Spool.list(dir)).toEqual([own('a'), own('b')]);
    const spool = Spool.adopt(own('b'))!;
    expect(spool).toMatchObject({ producer: 'b', first: 7, last: 8 });
    expect(spool.read(8)).toEqual({ first: 8, count: 1, body: body('{"a":2}') });
    spool.delete();
  });

  test('is adopted once', () => {
    left('a');
    const spool = Spool.adopt(own('a'))!;
    expect(Spool.adopt(own('a'))).toBeNull();
    spool.close();
    const again = Spool.adopt(own('a'))!;
    expect(again.last).toBe(2);
    again.close();
  });

  test('with nothing in it is removed', () => {
    Spool.open({ dir, producer: 'a' }).close();
    mkdirSync(own('b'));
    expect(Spool.adopt(own('a'))).toBeNull();
    expect(Spool.adopt(own('b'))).toBeNull();
    expect(readdirSync(dir)).toEqual([]);
  });

  test.each(['', '\0'.repeat(100)])(
    'whose files are names without content after a power cut is removed',
    (content) => {
      left('a');
      for (const name of readdirSync(own('a'))) writeFileSync(join(own('a'), name), content);
      expect(Spool.adopt(own('a'))).toBeNull();
      expect(readdirSync(dir)).toEqual([]);
    },
  );

  test('that lost its name only gives what is in it', () => {
    left('a');
    writeFileSync(join(own('a'), 'log.json'), '');
    const spool = Spool.adopt(own('a'))!;
    expect(spool).toMatchObject({ first: 1, last: 2 });
    spool.delete();
  });

  test('that had not its name yet when its process died is removed, and not while it lives', () => {
    left('a');
    mkdirSync(join(dir, `.${2 ** 22 + 1}.1.new`));
    mkdirSync(join(dir, `.${process.pid}.1.new`));
    expect(Spool.list(dir)).toEqual([own('a')]);
    expect(readdirSync(dir).sort()).toEqual([`.${process.pid}.1.new`, 'a']);
  });

  test('that is gone is nothing to adopt', () => {
    expect(Spool.list(dir)).toEqual([]);
    expect(Spool.adopt(own('a'))).toBeNull();
  });

  test('that is torn gives what is whole; one that is no log is left where it is', () => {
    left('a');
    const file = readdirSync(own('a')).find((name) => name.endsWith('.seg'))!;
    truncateSync(join(own('a'), file), readFileSync(join(own('a'), file)).length - 3);
    expect(Spool.adopt(own('a'))).toBeNull();
    left('b');
    writeFileSync(
      join(own('b'), readdirSync(own('b')).find((name) => name.endsWith('.seg'))!),
      'x'.repeat(100),
    );
    expect(() => Spool.adopt(own('b'))).toThrow();
    expect(existsSync(own('b'))).toBe(true);
  });
});

test('a spool of a process that lives is left to it; when it is dead, it is adopted', async () => {
  left('a');
  const child = spawn(process.execPath, ['-e', 'console.log("up"); setInterval(() => {}, 1000)']);
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  await once(child.stdout, 'data');
  const stat = readFileSync(`/proc/${child.pid}/stat`, 'utf8');
  const started = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  const owner = join(own('a'), 'owner.json');
  writeFileSync(owner, JSON.stringify({ pid: child.pid, started, boot }));
  expect(Spool.adopt(own('a'))).toBeNull();
  // The same number, of a process that began at another time, or before the machine did.
  for (const other of [
    { pid: child.pid, started: '1', boot },
    { pid: child.pid, started, boot: 'another' },
  ]) {
    writeFileSync(owner, JSON.stringify(other));
    Spool.adopt(own('a'))!.close();
  }
  writeFileSync(owner, JSON.stringify({ pid: child.pid, started, boot }));
  child.kill('SIGKILL');
  await once(child, 'exit');
  Spool.adopt(own('a'))!.close();
});
