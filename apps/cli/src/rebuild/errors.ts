import { BittenError } from '@bitten/schema';

/** Events that neither the log nor the old store can give: nobody gives them up without being asked. */
export class WouldLoseError extends BittenError {
  constructor(options: { log: string; from: number; to: number; why: string }) {
    const { log, from, to, why } = options;
    const what = to - from === 1 ? `${log} ${from}` : `${log} ${from} to ${to - 1}`;
    super('would_lose', `${what} would be lost: they are not in the log, and ${why}`, {
      found: why,
      expected: 'an old store that can be read, or a log that holds all of them',
      remedy: `restore the old store or the log from a backup; or give them up: bitten rebuild --lose-before ${to}`,
    });
  }
}

/** The new store has no room beside the old one. */
export class NoRoomError extends BittenError {
  constructor(dir: string, free: number, needed: number) {
    const mebibytes = (bytes: number) => `${Math.ceil(bytes / 1024 ** 2)} MiB`;
    super('no_room', `${dir} has ${mebibytes(free)} free; the new store may take ${mebibytes(needed)}`, {
      found: `${mebibytes(free)} free`,
      expected: `${mebibytes(needed)} free`,
      remedy: 'make room: while it is made, the new store stands beside the old one',
    });
  }
}

/** A collector holds the store and did not put the new one in place. */
export class NotTakenError extends BittenError {
  constructor(found: string, remedy: string) {
    super('not_taken', `the collector did not take over the new store: ${found}`, { found, remedy });
  }
}

/** The log has lost its end: a store that kept its place would pass over the events that come there next. */
export class StoreAheadError extends BittenError {
  constructor(log: string, position: number, end: number) {
    super('store_ahead', `the store has ${log} up to ${position - 1}, and the log ends before ${end}`, {
      found: 'a log that was cut, is damaged at its end, or is older than the store',
      expected: 'the log that the store was made from',
      remedy:
        'restore the log. If it cannot be had, stop bus and collector, move bitten_events.db* and log/cursors.json out of ' +
        'the data folder, and start them: the store is made anew from what the log still holds',
    });
  }
}
