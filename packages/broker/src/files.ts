import { join } from 'node:path';
import { type Log, type LogIo, openLog } from '@bitten/storage/log';
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

/** Opens everything or nothing. Throws what `openLog` and `Cursors` throw. */
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
    return { events, deadLetters, cursors };
  } catch (error) {
    for (const log of opened) log.close();
    throw error;
  }
}
