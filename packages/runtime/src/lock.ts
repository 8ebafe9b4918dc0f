import { randomUUID } from 'node:crypto';
import { readdirSync, renameSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { BittenError } from '@bitten/schema';
import { remedyFor } from './files.js';
import { type LockHolder, linkIfFree, readHolder, unlinkIfThere, writeHolder } from './lock-file.js';
import { checkLiveness, identifySelf, type Liveness, type ProcessIdentity } from './process-identity.js';

/** Somebody else runs with this role on this folder. */
export class LockedError extends BittenError {
  readonly holder: LockHolder;

  constructor(path: string, holder: LockHolder, liveness: Liveness) {
    const who = `process ${holder.pid} on ${holder.host}, since ${holder.started_at} (${holder.command})`;
    super('locked', `${path} is held by ${who}`, {
      found: who,
      expected: `no other ${holder.role} on this folder`,
      remedy:
        liveness === 'unknown'
          ? `it cannot be seen from here whether that process still runs; if it does not, delete ${path}`
          : `stop that process (kill ${holder.pid}), or use another data folder`,
    });
    this.holder = holder;
  }
}

/** One role on one folder, held until it is released. A crash leaves it to the next who asks. */
export interface Lock {
  readonly path: string;
  readonly holder: LockHolder;
  /** Gives the lock back; more than once does nothing. */
  release(): void;
}

export interface AcquireLockOptions {
  /** The folder; it must be there. */
  dir: string;
  /** `bus`, `collector`: the file is `ROLE.lock`. */
  role: string;
  /** The points of the protocol, for tests of races and crashes. */
  at?: (step: LockStep) => void;
  /** Who asks, and how others are looked at; for tests. */
  self?: ProcessIdentity;
  liveness?: (other: ProcessIdentity, self: ProcessIdentity) => Liveness;
}

/** Between any two of these another process may run, or this one may die. */
export const lockSteps = ['written', 'free', 'judged', 'claimed', 'verified', 'taken'] as const;
export type LockStep = (typeof lockSteps)[number];

/** Each new attempt follows another process's progress; so many of those are not an accident any more. */
const attempts_max = 100;

/**
 * Takes the lock of a role on a folder, or throws `LockedError` at once. Node has no flock, so this is done with
 * the two atomic steps a file system offers: `link`, which fails where the name is taken, and `rename`.
 *
 * **Ordering.** Every attempt has a token of its own and writes its holder, whole, into `ROLE.lock.TOKEN.new`.
 * Where `ROLE.lock` is free it is linked there: one of several wins. Where it is there and its holder T is alive,
 * the attempt ends. Where T is dead, the attempt must first *claim the succession of T* by linking its file to
 * `ROLE.lock.T.next`: again one of several wins. With the claim in hand it reads `ROLE.lock` once more, and only
 * if that is still T's it renames its claim onto `ROLE.lock`, which replaces T and ends the claim in one step.
 *
 * Why two can never hold it: `ROLE.lock` passes from a dead T only by the rename of the claim on T, and there is
 * one claim on T at a time. Who was slow, and claims T after T has been succeeded, finds another token in
 * `ROLE.lock` at the second reading and lets go; tokens are never used twice, so it cannot be mistaken. Between
 * the second reading and the rename nobody else may change `ROLE.lock`: T is dead, and the claim on T is taken.
 * (The well-known mistake, deleting a stale file and creating a new one, deletes the file of who was faster.)
 *
 * **Failure.** A claimant may die as well. Then it is itself the dead T whose succession is claimed: the chain of
 * claims is followed to its end, and none of its links is removed while `ROLE.lock` is T's. A crash at any point
 * leaves at most a dead holder, dead claims and files without meaning; the next holder sweeps them up.
 */
export function acquireLock(options: AcquireLockOptions): Lock {
  const { dir, role, at = () => {}, self = identifySelf(), liveness = checkLiveness } = options;
  const path = join(dir, `${role}.lock`);
  const holder = describeHolder(role, self);
  const own = `${path}.${holder.token}.new`;
  const look = (other: LockHolder | undefined) => (other === undefined ? 'dead' : liveness(other, self));
  try {
    writeHolder(own, holder);
    at('written');
    for (let attempt = 0; attempt < attempts_max; attempt += 1) {
      at('free');
      if (linkIfFree(own, path) || succeed({ path, own, look, at })) {
        at('taken');
        sweep({ dir, role, look });
        return { path, holder, release: () => release(path, holder.token) };
      }
    }
  } catch (error) {
    throw error instanceof BittenError ? error : explain(path, error);
  } finally {
    unlinkIfThere(own);
  }
  throw new BittenError(
    'lock_contended',
    `${path} changed hands ${attempts_max} times while it was asked for`,
    {
      remedy: 'look for a supervisor that restarts the same app over and over',
    },
  );
}

/** Who holds a role on a folder, and whether that process still runs; undefined where the lock is free. */
export function findHolder(options: {
  dir: string;
  role: string;
}): { holder: LockHolder; liveness: Liveness } | undefined {
  const holder = readHolder(join(options.dir, `${options.role}.lock`))?.holder;
  return holder === undefined ? undefined : { holder, liveness: checkLiveness(holder, identifySelf()) };
}

interface Succession {
  path: string;
  /** The file with this attempt's holder. */
  own: string;
  look: (other: LockHolder | undefined) => Liveness;
  at: (step: LockStep) => void;
}

/** Succeeds a dead holder. False where the lock changed meanwhile; throws `LockedError` where somebody is alive. */
function succeed({ path, own, look, at }: Succession): boolean {
  const found = readHolder(path);
  if (found === undefined) return false;
  refuseIfHeld(path, found.holder, look);
  at('judged');
  let claim = `${path}.${found.token}.next`;
  while (!linkIfFree(own, claim)) {
    const claimant = readHolder(claim);
    if (claimant === undefined || readHolder(path)?.token !== found.token) return false;
    refuseIfHeld(path, claimant.holder, look);
    claim = `${path}.${claimant.token}.next`;
  }
  try {
    at('claimed');
    if (readHolder(path)?.token === found.token) {
      at('verified');
      renameSync(claim, path);
      return true;
    }
  } catch (error) {
    // A claim of the living that leads nowhere would lock everybody out.
    unlinkIfThere(claim);
    throw error;
  }
  unlinkIfThere(claim);
  return false;
}

function refuseIfHeld(path: string, holder: LockHolder | undefined, look: Succession['look']): void {
  const liveness = look(holder);
  if (holder !== undefined && liveness !== 'dead') throw new LockedError(path, holder, liveness);
}

/** Removes what dead attempts left. Claims on holders that are gone mean nothing; files of the living stay. */
function sweep(where: { dir: string; role: string; look: Succession['look'] }): void {
  const prefix = `${where.role}.lock.`;
  for (const name of readdirSync(where.dir)) {
    if (!name.startsWith(prefix) || !/\.(new|next)$/.test(name)) continue;
    const file = join(where.dir, name);
    const left = readHolder(file);
    if (left !== undefined && where.look(left.holder) === 'dead') unlinkIfThere(file);
  }
}

/** Only the holder's own file is removed: whoever deleted it by hand may have let another in. */
function release(path: string, token: string): void {
  if (readHolder(path)?.token === token) unlinkIfThere(path);
}

function describeHolder(role: string, self: ProcessIdentity): LockHolder {
  const started_at = new Date().toISOString();
  return { role, ...self, token: randomUUID(), started_at, command: process.argv.slice(0, 2).join(' ') };
}

function explain(path: string, cause: unknown): BittenError {
  const code = (cause as NodeJS.ErrnoException).code ?? String(cause);
  return new BittenError('lock_failed', `cannot lock ${path}: ${(cause as Error).message}`, {
    found: code,
    remedy:
      remedyFor(code, dirname(path)) ??
      'the data folder must be there and writable, on a local file system with hard links',
    cause,
  });
}
