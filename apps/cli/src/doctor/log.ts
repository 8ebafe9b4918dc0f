import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describeError } from '@bitten/runtime';

/** The log as its files say, without the bus. */
export type LogOnDisk =
  | { state: 'none' }
  | { state: 'unreadable'; why: string }
  | {
      state: 'there';
      id: string | null;
      /** What is wrong with its name or its newest segment; empty where nothing is. */
      damage: string[];
      /** The `seq` the next event will get; null where the bus runs and is asked instead. */
      next: number | null;
      /** Unix seconds; null where the newest segment is empty, or was not read. */
      last_append_at: number | null;
    };

/**
 * Reads the log's name, and with `newest` its newest segment: some ten megabytes. The whole of it is for
 * `bitten verify`.
 */
export async function readLogOnDisk(dataDir: string, { newest }: { newest: boolean }): Promise<LogOnDisk> {
  const dir = join(dataDir, 'log');
  if (!existsSync(dir)) return { state: 'none' };
  try {
    const { LogInspector } = await import('@bitten/storage/log');
    const inspector = new LogInspector({ dir, from: Number.MAX_SAFE_INTEGER });
    let last_append_at: number | null = null;
    if (newest) {
      for (const page of inspector.pages()) last_append_at = page.at(-1)?.appendedAt ?? last_append_at;
    }
    const { id, next, findings } = inspector.report;
    const damage = findings.map(
      ({ file, found, expected }) => `${file}: expected ${expected}, found ${found}`,
    );
    return { state: 'there', id, damage, next: newest ? next : null, last_append_at };
  } catch (error) {
    return { state: 'unreadable', why: describeError(error) };
  }
}
