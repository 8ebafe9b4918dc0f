import { type DeadLetter as LoggedLetter, producerPattern } from '@bitten/schema';

/** A dead letter with its place; a row of the store's `dead_letters` is one. */
export interface DeadLetter extends LoggedLetter {
  /** Its place in the dead-letter log. */
  id: number;
  /** What became of it, where the store has told; `open` until somebody has dealt with it. */
  status?: string;
}

/**
 * Who publishes what becomes of a dead letter: the same for everybody, so that the bus takes it once however often
 * and by how many it is sent. Under number 1 is the event, under number 2 the word of it.
 */
export function driverOf(logId: string, place: number): string {
  return checked(`dead-letter:${logId}:${place}`);
}

/** Who publishes that a dead letter was discarded. Not the driver: a discarded one can still be driven again. */
export function discarderOf(logId: string, place: number): string {
  return checked(`${driverOf(logId, place)}:d`);
}

function checked(producer: string): string {
  if (!producerPattern.test(producer)) throw new RangeError(`${producer} is no name for a producer`);
  return producer;
}
