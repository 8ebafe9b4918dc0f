import type { Log } from '@bitten/storage/log';
import { compileFilter, type Facets, type Filter } from './filter.js';
import { type Page, PageBuilder } from './page.js';

export interface ReadRequest {
  log: Log;
  /** A resolved position. */
  from: number;
  filter?: Filter | undefined;
  maxBytes: number;
  wait_ms: number;
  linger_ms: number;
}

export type ReadDone = (error: unknown, page: Page | null) => void;

/** One request on its way to its answer. */
interface Read extends ReadRequest {
  passes: ((event: Facets) => boolean) | null;
  page: PageBuilder;
  /** How much a filtered read has looked at. */
  scannedBytes: number;
  /** When the reader is answered, whatever there is; `performance.now()` milliseconds. */
  deadline: number;
  timer: NodeJS.Timeout | undefined;
  lingering: boolean;
  /** About how much memory the request takes for as long as it is not answered. */
  heldBytes: number;
  done: ReadDone;
}

/** A backlog of so many events is served at once: a reader that catches up has nothing to linger for. */
const backlogServedAtOnce = 1_000;
/** How much of the log a filtered read looks at before it lets others have their turn. */
const scanBytesPerTurn = 512 * 1024;
/** How much it looks at before it answers, matches or not, so that the reader's position moves. */
const scanBytesPerReply = 32 * 1024 * 1024;
/** So many may be held at a time, waiting or searching; one more is answered at once, with what there is. */
const heldMax = 10_000;
/** The same in bytes: a filter is kept for as long as its reader waits. */
const heldBytesMax = 16 * 1024 * 1024;
/** What a request takes beside its filter, and a value of a filter beside its characters. */
const requestBytes = 1_024;
const valueBytes = 100;

/**
 * Serves readers: at once from the log where something is there, later where they wait for it.
 *
 * **Ordering.** A page covers the positions from `from` up to `next` without a hole, whatever was filtered.
 *
 * **Failure.** Reading holds nothing on behalf of a reader but its request: one that stops reading costs a
 * reply in its socket's buffer and slows nobody. A gap or a corrupt record is an error to that reader alone, and
 * only when it stands where the reader is: what was found before it is delivered first.
 */
export class Readers {
  readonly #waiting = new Set<Read>();
  readonly #scanning = new Set<Read>();
  #heldBytes = 0;
  #closed = false;

  get waiting(): number {
    return this.#waiting.size;
  }

  read(request: ReadRequest, done: ReadDone): void {
    this.#consider({
      ...request,
      passes: compileFilter(request.filter),
      page: new PageBuilder(request.from, request.maxBytes),
      scannedBytes: 0,
      deadline: performance.now() + request.wait_ms,
      timer: undefined,
      lingering: false,
      heldBytes: sizeOf(request.filter),
      done,
    });
  }

  /** Tells those who wait that a log has grown. */
  wake(log: Log): void {
    for (const read of this.#waiting) {
      if (read.log === log && log.nextSeq > read.page.next) this.#consider(read);
    }
  }

  /** Answers everybody with what there is. */
  close(): void {
    this.#closed = true;
    for (const read of this.#waiting) this.#serve(read);
    for (const read of this.#scanning) this.#answer(read);
  }

  /** Serves, lingers or waits, whichever a read's position calls for. */
  #consider(read: Read): void {
    const backlog = read.log.nextSeq - read.page.next;
    if (backlog === 0) return this.#waitUntil(read, read.deadline);
    // A position outside the log, on either side, is the log's to refuse.
    if (backlog < 0 || read.linger_ms === 0 || backlog >= backlogServedAtOnce) return this.#serve(read);
    if (read.lingering) return;
    read.lingering = true;
    this.#waitUntil(read, performance.now() + read.linger_ms);
  }

  #waitUntil(read: Read, time: number): void {
    const left_ms = time - performance.now();
    if (left_ms <= 0 || this.#closed || !this.#mayHold(read)) return this.#serve(read);
    clearTimeout(read.timer);
    read.timer = setTimeout(() => this.#serve(read), left_ms);
    this.#hold(this.#waiting, read);
  }

  /** Whether there is room for one more; who is held already stays. */
  #mayHold(read: Read): boolean {
    if (this.#waiting.has(read) || this.#scanning.has(read)) return true;
    const held = this.#waiting.size + this.#scanning.size;
    return held < heldMax && this.#heldBytes + read.heldBytes <= heldBytesMax;
  }

  #hold(where: Set<Read>, read: Read): void {
    if (where.has(read)) return;
    where.add(read);
    this.#heldBytes += read.heldBytes;
  }

  #release(where: Set<Read>, read: Read): void {
    if (where.delete(read)) this.#heldBytes -= read.heldBytes;
  }

  #serve(read: Read): void {
    clearTimeout(read.timer);
    this.#release(this.#waiting, read);
    if (read.passes !== null) return this.#scan(read, read.passes);
    try {
      for (const record of read.log.read(read.from, read.maxBytes)) read.page.addRecord(record);
    } catch (error) {
      return read.done(error, null);
    }
    this.#answer(read);
  }

  /** Looks through the log for matches, a slice a turn of the event loop. */
  #scan(read: Read, passes: (event: Facets) => boolean): void {
    const { log, page } = read;
    this.#release(this.#scanning, read);
    try {
      for (const record of log.read(page.next, scanBytesPerTurn)) {
        read.scannedBytes += record.body.length;
        page.addMatches(record, passes);
        if (page.full) break;
      }
    } catch (error) {
      // Reported at this position, it would make the reader pass over what was found before.
      if (page.next > read.from) return this.#answer(read);
      return read.done(error, null);
    }
    const atEnd = page.next >= log.nextSeq;
    if (this.#closed || page.full || read.scannedBytes >= scanBytesPerReply) return this.#answer(read);
    if (!this.#mayHold(read)) return this.#answer(read);
    if (!atEnd) {
      this.#hold(this.#scanning, read);
      setImmediate(() => {
        if (this.#scanning.has(read)) this.#scan(read, passes);
      });
    } else if (page.empty && performance.now() < read.deadline) {
      // Nothing has matched so far: wait on from where the scan has come to.
      read.lingering = false;
      this.#waitUntil(read, read.deadline);
    } else {
      this.#answer(read);
    }
  }

  #answer(read: Read): void {
    this.#release(this.#scanning, read);
    read.done(null, read.page.build(read.log.nextSeq));
  }
}

function sizeOf(filter: Filter | undefined): number {
  let bytes = requestBytes;
  for (const values of Object.values(filter ?? {})) {
    // Two bytes for a character that is not Latin: nobody is asked which they are.
    for (const value of values ?? []) bytes += valueBytes + 2 * value.length;
  }
  return bytes;
}
