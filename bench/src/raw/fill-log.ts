import { openLog } from '@bitten/storage/log';
import { createTraffic } from '../measure/traffic.js';

export interface FillLogOptions {
  dir: string;
  /** Stops at the first batch that brings it to either. */
  events?: number;
  bytes?: number;
}

const batch_events = 1_000;
const distinct_batches = 64;
const commit_bytes = 4 * 1024 * 1024;

/**
 * Makes a large log quickly, through the log package itself but without syncing: it is the same log, record for
 * record, as a bus writes that gets batches of 1,000 events. Returns how many events are in it.
 */
export function fillLog({ dir, events = Infinity, bytes = Infinity }: FillLogOptions): {
  events: number;
  bytes: number;
} {
  const traffic = createTraffic({ seed: 'l' });
  const bodies = Array.from({ length: distinct_batches }, () =>
    Buffer.from(Array.from({ length: batch_events }, () => JSON.stringify(traffic.next())).join('\n')),
  );
  const log = openLog({ dir, durability: 'none' });
  let [count, size] = [0, 0];
  while (count < events && size < bytes) {
    const body = bodies[(count / batch_events) % distinct_batches]!;
    const appendedAt = Date.now() / 1_000;
    log.stage({ count: batch_events, appendedAt, producer: 'bench', producerSeq: count + 1, body });
    if (log.stagedBytes >= commit_bytes) log.commit();
    count += batch_events;
    size += body.length;
  }
  log.commit();
  log.close();
  return { events: count, bytes: size };
}
