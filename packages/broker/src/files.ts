import { join } from 'node:path';
import { BittenError } from '@bitten/schema';
import { type Log, type LogIo, openLog } from '@bitten/storage/log';
import type { Cursor } from './cursor-file.js';
import { Cursors } from './cursors.js';

interface FilesOptions {
  dataDir: string;
  segmentBytesMax: number;
  io?: LogIo | undefined;
  /** Unix seconds. */
  now: () => number;
  onError: (error: unknown) => void;
}

/** All that the bus keeps on disk. */
export interface Files {
  events: Log;
  deadLetters: Log;
  cursors: Cursors;
}

/**
 * A cursor stands beyond the log's end. Readers are served what is durable and nothing else, so the log has lost
 * events that were acknowledged and read: it was cut, or is an older copy. Appending would give their places away.
 */
class LogBehindError extends BittenError {
  constructor({ name, log, next }: Cursor, end: number) {
    super(
      'log_behind',
      `the log of ${log} ends before ${end}, and the cursor ${name} has read up to ${next}`,
      {
        found: `a log without ${end} to ${next - 1}`,
        expected: 'all that has been read',
        remedy:
          'restore the log. If it cannot be had, move log/cursors.json and bitten_events.db* out of the data folder: ' +
          'readers begin anew, and the store is made from what the log still holds',
      },
    );
  }
}

/** Opens everything or nothing. Throws `LogBehindError`, and what `openLog` and `Cursors` throw. */
export function openFiles({ dataDir, segmentBytesMax, io, now, onError }: FilesOptions): Files {
  const opened: Log[] = [];
  const open = (name: string): Log => {
    const dir = join(dataDir, name);
    const log = openLog({ dir, durability: 'fsync', segmentBytesMax, ...(io === undefined ? {} : { io }) });
    opened.push(log);
    return log;
  };
  try {
    const events = open('log');
    const deadLetters = open('dead-letters');
    const cursors = new Cursors({ file: join(dataDir, 'log', 'cursors.json'), now, onError });
    for (const cursor of cursors.list()) {
      const { nextSeq } = cursor.log === 'events' ? events : deadLetters;
      if (cursor.next > nextSeq) throw new LogBehindError(cursor, nextSeq);
    }
    return { events, deadLetters, cursors };
  } catch (error) {
    for (const log of opened) log.close();
    throw error;
  }
}
