import { accessSync, constants, lstatSync, readdirSync, type Stats, statfsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { amount } from '../../show/amount.js';
import type { Facts } from '../facts.js';
import { type FileSystemKind, fileSystemOf } from '../file-system.js';
import { type Finding, ok, warning, wrong } from '../finding.js';

/** The data folder: there, ours, closed to others, on a disk of this machine with room. */
export function lookAtFolder({ settings: { dataDir, segmentBytes } }: Facts): Finding[] {
  const stats = statOf(dataDir);
  if (stats === null) {
    const remedy = 'start the bus, which makes it; or say where it is: --data-dir';
    return [wrong('data folder', `${dataDir} is not there`, remedy)];
  }
  if (!stats.isDirectory()) {
    return [wrong('data folder', `${dataDir} is no folder`, 'name another folder: --data-dir')];
  }
  return [
    lookAtOwner(dataDir, stats) ?? lookAtModes(dataDir, stats),
    lookAtRoom(freeBytes(dataDir), segmentBytes),
    ...lookAtFileSystem(fileSystemOf(dataDir)),
  ];
}

function lookAtOwner(dataDir: string, { uid }: Stats): Finding | null {
  const user = process.getuid?.();
  if (user !== undefined && user !== 0 && uid !== user) {
    return wrong(
      'data folder',
      `${dataDir} belongs to user ${uid}`,
      `run as its owner, or: chown -R ${user} ${dataDir}`,
    );
  }
  try {
    accessSync(dataDir, constants.R_OK | constants.W_OK | constants.X_OK);
    return null;
  } catch {
    return wrong('data folder', `${dataDir} cannot be written`, `chmod 700 ${dataDir}`);
  }
}

/** Keys are not looked at here: who reads them refuses those that are open. */
function lookAtModes(dataDir: string, stats: Stats): Finding {
  const open =
    process.platform === 'win32' ? [] : [...(isOpen(stats) ? [dataDir] : []), ...openBelow(dataDir, 4)];
  if (open.length === 0) return ok('data folder', dataDir);
  const more = open.length > 1 ? ` and ${amount(open.length - 1)} more` : '';
  return warning('data folder', `open to other users: ${open[0]}${more}`, `chmod -R go= ${dataDir}`);
}

const open_max = 1_000;

function openBelow(folder: string, depth: number): string[] {
  if (depth === 0) return [];
  const found: string[] = [];
  for (const name of namesIn(folder)) {
    const path = join(folder, name);
    const stats = linkStatOf(path);
    // What a link leads to is somebody's own choice.
    if (stats === null || stats.isSymbolicLink()) continue;
    if (isOpen(stats)) found.push(path);
    if (stats.isDirectory()) found.push(...openBelow(path, depth - 1));
    if (found.length >= open_max) break;
  }
  return found;
}

/** So much must be left for the bus to make its next segments, and for the store to take what is in them. */
const segmentsAhead = 4;
const comfortable_bytes = 2 * 1024 ** 3;

export function lookAtRoom(free_bytes: number | null, segmentBytes: number): Finding {
  if (free_bytes === null) return ok('disk', 'how much is free cannot be told');
  const free = `${amount(Math.floor(free_bytes / 1024 ** 2))} MiB free`;
  const remedy = 'free some space, or let the bus remove old segments: --retention-bytes';
  if (free_bytes < segmentsAhead * segmentBytes) return wrong('disk', `only ${free}`, remedy);
  return free_bytes < comfortable_bytes ? warning('disk', `only ${free}`, remedy) : ok('disk', free);
}

/** A lock and an fsync say nothing there: locks of others are not seen, and what is synced may be elsewhere. */
export function lookAtFileSystem(kind: FileSystemKind | null): Finding[] {
  if (kind?.is === 'remote') {
    const text = `is on a network file system (${kind.name}): locks and syncs cannot be relied on`;
    return [wrong('file system', text, 'put it on a disk of this machine: --data-dir')];
  }
  if (kind?.is === 'volatile') {
    const text = `is in memory (${kind.name}): a restart of the machine empties it`;
    return [warning('file system', text, 'put it on a disk: --data-dir')];
  }
  return [];
}

function isOpen({ mode }: Stats): boolean {
  return (mode & 0o077) !== 0;
}

function freeBytes(path: string): number | null {
  try {
    const { bavail, bsize } = statfsSync(path);
    return bavail * bsize;
  } catch {
    return null;
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function statOf(path: string): Stats | null {
  try {
    return statSync(path);
  } catch {
    return null;
  }
}

function linkStatOf(path: string): Stats | null {
  try {
    return lstatSync(path);
  } catch {
    return null;
  }
}
