import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { acquireLock, LockedError, lockSteps } from '../src/lock.js';
import { buildProgram, Child, type Program } from './children.js';

let program: Program;
let dir: string;
let children: Child[] = [];

beforeAll(async () => {
  program = await buildProgram('lock-program.ts');
});
afterAll(() => program.remove());
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'bitten-lock-'));
});
afterEach(async () => {
  for (const child of children) child.kill('SIGKILL');
  await Promise.all(children.map((child) => child.exited));
  children = [];
  rmSync(dir, { recursive: true, force: true });
});

async function starter(dieAt?: string): Promise<Child> {
  const child = new Child(program, { args: dieAt === undefined ? [dir] : [dir, dieAt] });
  children.push(child);
  await child.printed('waiting');
  return child;
}

async function holder(): Promise<Child> {
  const child = await starter();
  child.process.stdin?.write('go\n');
  await child.printed('held');
  return child;
}

/** Kills a holder the hard way: nothing of it cleans up. */
async function leaveStaleLock(): Promise<void> {
  const child = await holder();
  child.kill('SIGKILL');
  await child.exited;
}

/** Lets several ask at once and returns how many got the lock. */
async function race(starters: readonly Child[]): Promise<number> {
  for (const child of starters) child.process.stdin?.write('go\n');
  const answers = starters.map(async (child) => {
    await Promise.any([child.printed('held'), child.printed('refused')]);
    return child.stdout.includes('held');
  });
  return (await Promise.all(answers)).filter(Boolean).length;
}

describe('a lock between processes', () => {
  it('is refused while its holder lives, with who that is and since when', async () => {
    const child = await holder();
    const refused = catchError(() => acquireLock({ dir, role: 'bus' }));
    expect(refused).toBeInstanceOf(LockedError);
    expect((refused as LockedError).holder.pid).toBe(child.process.pid);
    expect((refused as LockedError).message).toContain(`process ${child.process.pid}`);
    expect((refused as LockedError).message).toMatch(/since \d{4}-\d\d-\d\dT/);
    expect((refused as LockedError).remedy).toContain(`kill ${child.process.pid}`);
  });

  it('is free again after a release, and leaves no file behind', async () => {
    const child = await holder();
    child.process.stdin?.end();
    await child.exited;
    expect(readdirSync(dir)).toEqual([]);
  });

  it('is taken over after kill -9', async () => {
    await leaveStaleLock();
    expect(readdirSync(dir)).toEqual(['bus.lock']);
    const lock = acquireLock({ dir, role: 'bus' });
    expect(JSON.parse(readFileSync(lock.path, 'utf8'))).toMatchObject({ pid: process.pid, role: 'bus' });
    expect(statSync(lock.path).mode & 0o777).toBe(0o600);
    expect(readdirSync(dir)).toEqual(['bus.lock']);
    lock.release();
  });

  it('goes to exactly one of many who find it free at once', async () => {
    for (let round = 0; round < 3; round += 1) {
      const starters = await Promise.all(Array.from({ length: 6 }, () => starter()));
      expect(await race(starters)).toBe(1);
      for (const child of starters) child.process.stdin?.end();
      await Promise.all(starters.map((child) => child.exited));
      expect(readdirSync(dir)).toEqual([]);
    }
  }, 60_000);

  it('goes to exactly one of many who find it stale at once', async () => {
    for (let round = 0; round < 4; round += 1) {
      await leaveStaleLock();
      const starters = await Promise.all(Array.from({ length: 6 }, () => starter()));
      expect(await race(starters)).toBe(1);
      for (const child of starters) child.kill('SIGKILL');
      await Promise.all(starters.map((child) => child.exited));
    }
  }, 60_000);

  it.each(lockSteps)(
    'survives a starter killed at the step "%s" of a takeover',
    async (step) => {
      await leaveStaleLock();
      const dying = await starter(step);
      dying.process.stdin?.write('go\n');
      expect((await dying.exited).signal).toBe('SIGKILL');
      const starters = await Promise.all([starter(), starter(), starter()]);
      expect(await race(starters)).toBe(1);
      expect(readdirSync(dir)).toEqual(['bus.lock']);
    },
    30_000,
  );
});

function catchError(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  return undefined;
}
