import { execFileSync } from 'node:child_process';
import { readFileSync, realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { cpus, loadavg, release, totalmem, type } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { version as zeromqVersion } from 'zeromq';
import { busyShare, readOrUndefined } from './measure/usage.js';
import { root } from './system/places.js';

/** What a figure means nothing without. */
export interface Machine {
  cpu: string;
  cores: number;
  memory_gb: number;
  kernel: string;
  /** Of the folder that is measured in. */
  filesystem: string;
  node: string;
  packages: Record<string, string>;
  commit: string;
  /** Something in the checkout is not in the commit. */
  is_changed: boolean;
}

export interface Load {
  average_1m: number;
  /** Share of all cores that was at work, or stolen by the host, in the second before; undefined where unknown. */
  busy: number | undefined;
  /** Share of all cores that others used during the run; undefined before it is over, and where unknown. */
  others?: number | undefined;
}

export function describeMachine(dir: string): Machine {
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: cpus().length,
    memory_gb: Math.round(totalmem() / 1e9),
    kernel: `${type()} ${release()}`,
    filesystem: filesystemOf(dir),
    node: process.versions.node,
    packages: packageVersions(),
    ...commitOf(),
  };
}

/** How busy the machine is before anything of ours runs. Takes a second. */
export async function measureLoad(): Promise<Load> {
  const before = readOrUndefined('/proc/stat');
  await sleep(1_000);
  const after = readOrUndefined('/proc/stat');
  const busy = before === undefined || after === undefined ? undefined : busyShare(before, after);
  return { average_1m: loadavg()[0]!, busy };
}

/** Above these somebody else is at work, and figures are worse than they would be. */
export function isBusy({ average_1m, busy = 0 }: Load, cores: number): boolean {
  return busy > 0.1 || average_1m > cores / 2;
}

export function wasDisturbed({ others = 0 }: Load): boolean {
  return others > 0.05;
}

/** A file system in memory syncs nothing: what is measured on it is not durable. */
export function isInMemory({ filesystem }: Machine): boolean {
  return filesystem === 'tmpfs' || filesystem === 'ramfs';
}

/** The type of the mount that holds a folder: the one with the longest path that is a beginning of its own. */
function filesystemOf(dir: string): string {
  const mounts = readOrUndefined('/proc/self/mounts');
  if (mounts === undefined) return 'unknown';
  const path = `${realpathSync(dir)}/`;
  let best = { at: '', kind: 'unknown' };
  for (const line of mounts.split('\n')) {
    const [, at = '', kind = ''] = line.split(' ');
    const isAbove = path.startsWith(at.endsWith('/') ? at : `${at}/`);
    // The last of two mounts on the same place hides the first.
    if (isAbove && at.length >= best.at.length) best = { at, kind };
  }
  return best.kind;
}

function packageVersions(): Record<string, string> {
  const require = createRequire(import.meta.url);
  const versionOf = (name: string): string => {
    const file = require.resolve(`${name}/package.json`);
    return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
  };
  const db = new Database(':memory:');
  const sqlite = db.prepare('SELECT sqlite_version()').pluck().get() as string;
  db.close();
  return {
    'better-sqlite3': versionOf('better-sqlite3'),
    sqlite,
    'zeromq.js': versionOf('zeromq'),
    libzmq: zeromqVersion,
  };
}

function commitOf(): Pick<Machine, 'commit' | 'is_changed'> {
  const git = (...args: string[]): string =>
    execFileSync('git', args, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  try {
    return {
      commit: git('rev-parse', '--short=12', 'HEAD'),
      is_changed: git('status', '--porcelain') !== '',
    };
  } catch {
    return { commit: 'unknown', is_changed: false };
  }
}
