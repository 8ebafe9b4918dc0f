import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { showFound } from '@bitten/schema';
import { CorruptLogError } from './errors.js';
import { type LogIo, readFile, replaceFile } from './io.js';
import { formatVersion } from './segment-file.js';

export const identityFileName = 'log.json';

export interface IdentityOptions {
  io: LogIo;
  dir: string;
  durable: boolean;
  /** Unix seconds. */
  clock: () => number;
  /** Whether there are segments: a log that has some had a name. */
  hasSegments: boolean;
}

/** The log's name for its whole life: read, or for a new log made. */
export function loadIdentity({ io, dir, durable, clock, hasSegments }: IdentityOptions): string {
  const file = join(dir, identityFileName);
  // Without syncs a power cut can leave a name without content; nothing was promised of it.
  const isLost = !durable && readFile(io, file)?.every((byte) => byte === 0) === true;
  const known = isLost ? null : readIdentity(io, dir);
  if (known !== null) return known;
  if (hasSegments && !isLost) throw damaged(file, 'no such file beside the segments');
  const identity = { log_id: randomUUID(), format: formatVersion, created_at: clock() };
  replaceFile(io, file, Buffer.from(`${JSON.stringify(identity)}\n`), durable);
  if (durable) io.syncDir(dir);
  return identity.log_id;
}

/** The log's name without making one; null where there is no such file. Throws `CorruptLogError`. */
export function readIdentity(io: LogIo, dir: string): string | null {
  const file = join(dir, identityFileName);
  const content = readFile(io, file);
  return content === null ? null : parseIdentity(file, content);
}

function parseIdentity(file: string, content: Buffer): string {
  let identity: unknown;
  try {
    identity = JSON.parse(content.toString('utf8'));
  } catch {
    throw damaged(file, 'no JSON');
  }
  const { log_id, format } = (identity ?? {}) as Record<string, unknown>;
  if (typeof log_id !== 'string' || log_id === '') throw damaged(file, 'no log_id');
  if (format !== formatVersion) throw damaged(file, `format ${showFound(format)}`);
  return log_id;
}

function damaged(file: string, found: string): CorruptLogError {
  return new CorruptLogError({
    file,
    offset: 0,
    seq: 0,
    found,
    expected: `the identity of the log, format ${formatVersion}`,
    remedy:
      'restore the file from a backup; the store and other readers know the log by its log_id, so a new one would cut them off',
  });
}
