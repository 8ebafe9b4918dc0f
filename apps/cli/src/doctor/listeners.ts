import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** A process that listens on a port. Null where the system does not say which (another user's, no `/proc`). */
export interface Listener {
  pid: number | null;
  /** Its command line, or its name. */
  command: string | null;
}

/** Who listens on each of some TCP ports of this machine; without an entry nobody does, or it cannot be told. */
export function listenersOf(ports: readonly number[]): Map<number, Listener> {
  const inodes = new Map<string, number>();
  for (const table of ['/proc/net/tcp', '/proc/net/tcp6']) {
    for (const { port, inode } of listeningIn(table)) {
      if (ports.includes(port)) inodes.set(inode, port);
    }
  }
  const found = new Map<number, Listener>();
  for (const port of inodes.values()) found.set(port, { pid: null, command: null });
  if (inodes.size === 0) return found;
  for (const pid of list('/proc').filter((name) => /^\d+$/.test(name))) {
    for (const fd of list(`/proc/${pid}/fd`)) {
      const inode = /^socket:\[(\d+)\]$/.exec(linkOf(`/proc/${pid}/fd/${fd}`) ?? '')?.[1];
      const port = inode === undefined ? undefined : inodes.get(inode);
      if (port !== undefined) found.set(port, { pid: Number(pid), command: commandOf(pid) });
    }
  }
  return found;
}

const listening = '0A';

/** The listening sockets of a table such as `/proc/net/tcp`, whose numbers are hexadecimal. */
function listeningIn(table: string): Array<{ port: number; inode: string }> {
  return (textOf(table) ?? '')
    .split('\n')
    .slice(1)
    .map((line) => line.trim().split(/\s+/))
    .filter((fields) => fields[3] === listening)
    .map((fields) => ({
      port: Number.parseInt(fields[1]?.split(':')[1] ?? '', 16),
      inode: fields[9] ?? '',
    }));
}

/** The first two words: a command line may hold a password, and the first words tell the program. */
function commandOf(pid: string): string | null {
  const words =
    textOf(`/proc/${pid}/cmdline`)
      ?.split('\0')
      .filter((word) => word !== '') ?? [];
  return words.length > 0 ? words.slice(0, 2).join(' ') : (textOf(`/proc/${pid}/comm`)?.trim() ?? null);
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function linkOf(path: string): string | null {
  try {
    return readlinkSync(path);
  } catch {
    return null;
  }
}

function textOf(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}
