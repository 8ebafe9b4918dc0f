import { spawnSync } from 'node:child_process';

/** Longer than any of these takes: mount, umount, mkfs, cp of a small file. */
const timeout_ms = 60_000;

/** Runs a tool of the system and returns what it said; throws with its own words where it fails. */
export function run(command: string, args: readonly string[]): string {
  const { status, signal, stdout, stderr, error } = spawnSync(command, args, {
    encoding: 'utf8',
    timeout: timeout_ms,
  });
  if (error !== undefined) throw new Error(`${command} cannot be run: ${error.message}`, { cause: error });
  if (status !== 0) {
    throw new Error(`${command} ${args.join(' ')} ended with ${status ?? signal}: ${stderr.trim()}`);
  }
  return stdout;
}
