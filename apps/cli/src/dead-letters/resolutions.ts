import { existsSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { storeFile } from '../query/store-file.js';

/** A row of `dead_letter_resolutions`. */
export interface Resolution {
  event_id: number;
  action: string;
  seq: number | null;
  reason: string | null;
  by: string | null;
  created_at: number;
}

/** What was said of a dead letter, in its order; nothing where there is no store. */
export function readResolutions(dataDir: string, place: number): Resolution[] {
  const file = join(dataDir, storeFile);
  if (!existsSync(file)) return [];
  const db = new Database(file, { readonly: true, fileMustExist: true });
  try {
    const statement = db.prepare(
      `SELECT event_id, action, seq, reason, "by", created_at FROM dead_letter_resolutions
        WHERE dead_letter = ? ORDER BY event_id`,
    );
    return statement.all(place) as Resolution[];
  } finally {
    db.close();
  }
}
