import { spawnSync } from 'node:child_process';

/** A python3 that has pyzmq; undefined where there is none. Debian's python3-zmq goes with /usr/bin/python3. */
export function findPythonWithZmq(): string | undefined {
  return ['python3', '/usr/bin/python3'].find((python) => runs(python, ['-c', 'import zmq']));
}

/** The sqlite3 shell; undefined where there is none. */
export function findSqliteShell(): string | undefined {
  return runs('sqlite3', ['-version']) ? 'sqlite3' : undefined;
}

/** Whether a command is there and tells its version. */
export function findCommand(command: string): boolean {
  return runs(command, ['--version']);
}

function runs(command: string, args: string[]): boolean {
  return spawnSync(command, args, { stdio: 'ignore', timeout: 30_000 }).status === 0;
}

/** Says, in one line, what is not tested here and why. */
export function saySkipped(what: string, why: string): void {
  console.warn(`skipped: ${what}: ${why}`);
}
