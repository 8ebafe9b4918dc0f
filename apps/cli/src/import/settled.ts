import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { BusLink } from '@bitten/client';
import { BittenError } from '@bitten/schema';
import { MissingStoreError, openStore } from '@bitten/storage/store';
import { storeFile } from '@bitten/vitals';

const look_ms = 100;
/** A collector that has stored nothing for so long is not at work. */
const patience_ms = 30_000;

/** The store does not follow the log: nobody is there who would store anything. */
class NotStoredError extends BittenError {
  constructor(found: string) {
    super('not_stored', `what is in the log is not in the store: ${found}`, {
      found,
      expected: 'a collector that follows',
      remedy:
        'start it (pnpm --filter apps/collector start), or say where its data folder is: --data-dir; then the same import again, which publishes nothing twice',
    });
  }
}

/**
 * Resolves when everything that is in the bus's logs now is in the store of the data folder.
 * Throws `NotStoredError` when that makes no progress.
 */
export async function settled(options: {
  dataDir: string;
  link: BusLink;
  signal: AbortSignal;
}): Promise<void> {
  const { dataDir, link, signal } = options;
  const { log_id } = await link.ask((client) => client.hello());
  const { log, dead_letters } = await link.ask((client) => client.stats());
  const target = { events: log.next, dead_letters: dead_letters.next };
  let moved = { at: performance.now(), sum: 0 };
  for (;;) {
    const place = placeOf(join(dataDir, storeFile), log_id);
    if (place.events >= target.events && place.dead_letters >= target.dead_letters) return;
    const sum = place.events + place.dead_letters;
    if (sum > moved.sum) moved = { at: performance.now(), sum };
    else if (performance.now() - moved.at > patience_ms) {
      throw new NotStoredError(`the store is at ${place.events} of ${target.events}, and stays there`);
    }
    await sleep(look_ms, undefined, { signal });
  }
}

/** Up to where the store has come; the beginning where there is none yet. */
function placeOf(file: string, logId: string): { events: number; dead_letters: number } {
  try {
    const store = openStore({ file, readonly: true });
    try {
      if (store.logId !== null && store.logId !== logId)
        throw new NotStoredError(`${file} is of another log`);
      return { events: store.cursor('events'), dead_letters: store.cursor('dead_letters') };
    } finally {
      store.close();
    }
  } catch (error) {
    if (error instanceof MissingStoreError) return { events: 0, dead_letters: 0 };
    throw error;
  }
}
