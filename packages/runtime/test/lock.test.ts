import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { acquireLock, type Lock, LockedError, type LockStep, lockSteps } from '../src/lock.js';
import { checkLiveness, identifySelf, type ProcessIdentity } from '../src/process-identity.js';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'bitten-lock-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

/** Processes that live and die by decree, so that every order of steps can be played. */
class Actors {
  readonly dead = new Set<number>();

  acquire(pid: number, at: (step: LockStep) => void = () => {}): Lock {
    const self = { ...identifySelf(), pid };
    return acquireLock({
      dir,
      role: 'bus',
      self,
      at,
      liveness: (other) => (this.dead.has(other.pid) ? 'dead' : 'alive'),
    });
  }

  /** True where it got the lock, false where it was told that another has it. */
  tries(pid: number, at?: (step: LockStep) => void): boolean {
    try {
      this.acquire(pid, at);
      return true;
    } catch (error) {
      if (error instanceof LockedError) return false;
      throw error;
    }
  }
}

function holderPid(): number {
  return JSON.parse(readFileSync(join(dir, 'bus.lock'), 'utf8')).pid;
}

const steps = lockSteps.flatMap((outer) => lockSteps.map((inner): [LockStep, LockStep] => [outer, inner]));

describe('a race for a stale lock', () => {
  it.each(lockSteps)('has one winner when another runs whole at the step "%s"', (step) => {
    const actors = new Actors();
    actors.acquire(1);
    actors.dead.add(1);
    let second: boolean | undefined;
    const first = actors.tries(2, (reached) => {
      if (reached === step && second === undefined) second = actors.tries(3);
    });
    expect([first, second].filter((won) => won === true)).toHaveLength(1);
    expect(holderPid()).toBe(first ? 2 : 3);
  });

  it.each(steps)('has one winner of three, stopped at "%s" and at "%s"', (outer, inner) => {
    const actors = new Actors();
    actors.acquire(1);
    actors.dead.add(1);
    const won = new Map<number, boolean>();
    const third = () => void (won.has(4) || won.set(4, actors.tries(4)));
    const second = () => {
      if (won.has(3)) return;
      won.set(3, false);
      won.set(
        3,
        actors.tries(3, (reached) => reached === inner && third()),
      );
    };
    won.set(
      2,
      actors.tries(2, (reached) => reached === outer && second()),
    );
    const winners = [...won].filter(([, didWin]) => didWin).map(([pid]) => pid);
    expect(winners).toHaveLength(1);
    expect(holderPid()).toBe(winners[0]);
  });

  it('is not won by who is slow, even after the winner has died and was succeeded', () => {
    const actors = new Actors();
    actors.acquire(1);
    actors.dead.add(1);
    let played = false;
    const slow = actors.tries(2, (reached) => {
      if (reached !== 'judged' || played) return;
      played = true;
      actors.acquire(3);
      actors.dead.add(3);
      actors.acquire(4);
    });
    expect(slow).toBe(false);
    expect(holderPid()).toBe(4);
  });

  it('does not lock everybody out where a live process fails in the middle', () => {
    const actors = new Actors();
    actors.acquire(1);
    actors.dead.add(1);
    const fail = (step: LockStep) => {
      if (step === 'verified') throw new Error('disk trouble');
    };
    expect(() => actors.acquire(2, fail)).toThrow('disk trouble');
    expect(actors.tries(3)).toBe(true);
    expect(readdirSync(dir)).toEqual(['bus.lock']);
  });
});

describe('acquireLock', () => {
  it('refuses a second one of the same process, and lets other roles be', () => {
    const lock = acquireLock({ dir, role: 'bus' });
    expect(() => acquireLock({ dir, role: 'bus' })).toThrow(LockedError);
    acquireLock({ dir, role: 'collector' }).release();
    lock.release();
    lock.release();
    expect(readdirSync(dir)).toEqual([]);
  });

  it('takes a file that was damaged by a power cut', () => {
    for (const damage of ['', '{"pid": 1', 'null', '\0\0\0\0']) {
      writeFileSync(join(dir, 'bus.lock'), damage);
      acquireLock({ dir, role: 'bus' }).release();
    }
    expect(readdirSync(dir)).toEqual([]);
  });

  it('releases only what is its own', () => {
    const actors = new Actors();
    const first = actors.acquire(1);
    actors.dead.add(1);
    actors.acquire(2);
    first.release();
    expect(holderPid()).toBe(2);
  });

  it('says what is wrong with the folder', () => {
    expect(() => acquireLock({ dir: join(dir, 'none'), role: 'bus' })).toThrow(/cannot lock .*ENOENT/);
  });

  it('does not touch a lock of another machine, and says what to do', () => {
    const elsewhere = { ...identifySelf(), host: 'elsewhere', boot_id: 'another', pid: 4_000_000 };
    acquireLock({ dir, role: 'bus', self: elsewhere });
    expect(() => acquireLock({ dir, role: 'bus' })).toThrow(LockedError);
    try {
      acquireLock({ dir, role: 'bus' });
    } catch (error) {
      expect((error as LockedError).remedy).toContain('delete');
    }
  });
});

describe('checkLiveness', () => {
  const self = identifySelf();
  const other = (change: Partial<ProcessIdentity>): ProcessIdentity => ({ ...self, ...change });

  it('sees itself', () => {
    expect(checkLiveness(self, self)).toBe('alive');
  });

  it('knows that a pid was given to a later process', () => {
    expect(checkLiveness(other({ start_ticks: (self.start_ticks ?? 0) - 1 }), self)).toBe(
      self.start_ticks === null ? 'alive' : 'dead',
    );
  });

  it('takes a pid that is not there for dead', () => {
    expect(checkLiveness(other({ pid: 2 ** 22 + 1 }), self)).toBe('dead');
  });

  it('takes everything from before a reboot of this machine for dead', () => {
    expect(checkLiveness(other({ boot_id: 'before' }), self)).toBe('dead');
  });

  it('does not judge what it cannot see', () => {
    expect(checkLiveness(other({ boot_id: 'there', host: 'elsewhere' }), self)).toBe('unknown');
    expect(checkLiveness(other({ pid_namespace: 'pid:[1]' }), self)).toBe('unknown');
    const noProc = other({ boot_id: null });
    expect(checkLiveness({ ...noProc, host: 'elsewhere' }, noProc)).toBe('unknown');
  });
});
