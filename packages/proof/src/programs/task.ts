/** What a publisher is told, as one JSON argument. */
export interface PublisherTask {
  /** The component's name, under which the next life finds its spool. */
  name: string;
  /** Which life this is; its events carry the number. */
  run: number;
  seed: string;
  padding_max: number;
  rate_per_s: number;
  /** Every so manieth event is followed by an invalid one; 0 for none. */
  invalidEvery: number;
  /** Receipts are written down here, `n seq` a line; null where they are ignored. */
  ackFile: string | null;
  /** Here, one a line, numbers up to which everything was acknowledged, or acknowledged or `spooled`. */
  keptFile: string;
  /** Here, one a line, the invalid events that the bus has acknowledged. */
  refusedFile: string;
}

export interface SubscriberTask {
  name: string;
  cursor: string;
  /** What is handed over is written down here, `seq run n` a line. */
  seenFile: string;
}

export interface RawTask {
  endpoint: string;
  run: number;
  seed: string;
  padding_max: number;
  /** So many valid events, and as many invalid ones. */
  count: number;
  rate_per_s: number;
}

/** The type of the event a raw publisher ends with. */
export const lastEvent = 'proof_end';

/** The source of the event a raw publisher ends with. */
export function lastSourceOf(run: number): string {
  return `raw-${run}-end`;
}

export function readTask<Task>(): Task {
  return JSON.parse(process.argv[2]!) as Task;
}

/** Ends when whoever started us is gone without a word. */
export function endWithParent(): void {
  process.once('disconnect', () => process.exit(1));
}

export function say(what: object): void {
  process.stdout.write(`${JSON.stringify(what)}\n`);
}
