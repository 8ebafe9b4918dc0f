import { BittenError, type ReplayMark, replayTopicOf } from '@bitten/schema';
import type { Log } from '@bitten/storage/log';
import { splitEvents } from '@bitten/transport';
import type { Feed } from './broadcast.js';
import { compileFilter, type Facets, type Filter } from './filter.js';
import { withMembers } from './members.js';

export interface ReplayOrder {
  /** What the events are marked with. */
  name: string;
  /** A resolved position. */
  from: number;
  /** Up to, not including; null for the end of the log. */
  to: number | null;
  filter: Filter | undefined;
  eventsMax: number;
}

/** What became of the events from `from` up to `next`. */
export interface Replayed {
  next: number;
  end: number;
  sent: number;
  unheard: number;
}

export type ReplayDone = (error: unknown, replayed: Replayed | null) => void;

/** One order on its way to its answer. */
interface Replay extends ReplayOrder {
  to: number;
  next: number;
  sent: number;
  unheard: number;
  scannedBytes: number;
  passes: ((event: Facets) => boolean) | null;
  done: ReplayDone;
}

interface ReplayerOptions {
  log: Pick<Log, 'firstSeq' | 'nextSeq' | 'read'>;
  feed: Feed;
  /** Unix seconds. */
  now: () => number;
}

/** So much is looked at in a turn of the event loop, of all replays together: about a millisecond. */
const eventsPerTurn = 250;
const bytesPerTurn = 256 * 1024;
/** How much a replay looks at before it answers, matches or not, so that its client sees it move. */
const scanBytesPerReply = 32 * 1024 * 1024;
/** So many orders may wait; one more is told to come back. */
export const replaysMax = 100;

/**
 * Broadcasts events of the log once more, under `replay.` and with the mark, and nothing that is not in the log.
 *
 * **Ordering.** In the order of `seq`, within one order. Several run side by side, a slice of one a turn of the event
 * loop, so that neither publishers nor readers wait for more than a slice, however many replays there are.
 *
 * **Failure.** Nothing is appended and nothing is kept: after a crash a client asks again from the last `next` it was
 * told, and the events sent since then are broadcast a second time.
 */
export class Replayer {
  readonly #o: ReplayerOptions;
  readonly #waiting: Replay[] = [];
  /** What was read last: a replay at its own pace asks for one event of it after the other. */
  #window: { first: number; texts: string[] } = { first: 0, texts: [] };
  #scheduled = false;

  constructor(options: ReplayerOptions) {
    this.#o = options;
  }

  /** Throws `TooManyReplaysError`. */
  replay(order: ReplayOrder, done: ReplayDone): void {
    if (this.#waiting.length >= replaysMax) throw new TooManyReplaysError();
    const { nextSeq } = this.#o.log;
    const to = order.to === null ? nextSeq : Math.min(order.to, nextSeq);
    const passes = compileFilter(order.filter);
    const counts = { next: order.from, sent: 0, unheard: 0, scannedBytes: 0 };
    this.#waiting.push({ ...order, ...counts, to, passes, done });
    this.#schedule();
  }

  /** Answers everybody with what there is. */
  close(): void {
    for (const replay of this.#waiting.splice(0)) this.#answer(replay);
  }

  #schedule(): void {
    if (this.#scheduled || this.#waiting.length === 0) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      this.#turn();
      this.#schedule();
    });
  }

  /** A slice of the replay that has waited longest; it then stands behind the others. */
  #turn(): void {
    const replay = this.#waiting.shift();
    if (replay === undefined) return;
    try {
      this.#advance(replay);
    } catch (error) {
      // Reported at this position, it would make the client pass over what was counted before.
      if (replay.next > replay.from) return this.#answer(replay);
      return replay.done(error, null);
    }
    const isDone = replay.next >= replay.to || replay.sent + replay.unheard >= replay.eventsMax;
    if (isDone || replay.scannedBytes >= scanBytesPerReply) this.#answer(replay);
    else this.#waiting.push(replay);
  }

  #advance(replay: Replay): void {
    const room = replay.eventsMax - replay.sent - replay.unheard;
    const mark: ReplayMark = { id: replay.name, at: this.#o.now() };
    const marked = `"replay":${JSON.stringify(mark)}`;
    const before = replay.sent + replay.unheard;
    let bytes = 0;
    // A position outside the log, on either side, is the log's to refuse, also where nothing is to be sent.
    if (replay.next >= replay.to) this.#o.log.read(replay.next, 1);
    for (let looked = 0; looked < eventsPerTurn && bytes < bytesPerTurn; looked += 1) {
      if (replay.next >= replay.to || replay.sent + replay.unheard - before >= room) break;
      const text = this.#textAt(replay.next);
      bytes += text.length;
      this.#send(replay, text, marked);
      replay.next += 1;
    }
    replay.scannedBytes += bytes;
  }

  #send(replay: Replay, text: string, marked: string): void {
    const { feed } = this.#o;
    const event = JSON.parse(text) as Facets & { event_type: string };
    if (replay.passes?.(event) === false) return;
    const topic = replayTopicOf(event.event_type);
    if (!feed.wants(topic)) {
      replay.unheard += 1;
      return;
    }
    feed.send(topic, withMembers(text, `"seq":${replay.next},${marked}`));
    replay.sent += 1;
  }

  /** Throws what the log throws: what retention has removed is not replayed from memory. */
  #textAt(seq: number): string {
    const { log } = this.#o;
    const known = seq >= log.firstSeq ? this.#window.texts[seq - this.#window.first] : undefined;
    if (known !== undefined) return known;
    const texts = log.read(seq, bytesPerTurn).flatMap(({ body }) => splitEvents(body));
    this.#window = { first: seq, texts };
    return texts[0]!;
  }

  #answer({ next, sent, unheard, done }: Replay): void {
    done(null, { next, end: this.#o.log.nextSeq, sent, unheard });
  }
}

/** More replays are asked for at a time than the bus serves. */
export class TooManyReplaysError extends BittenError {
  readonly retry_ms = 100;

  constructor() {
    super('slow_down', 'the bus has as many replays in hand as it serves at a time', {
      found: `${replaysMax} replays that wait for their turn`,
      remedy: 'wait 100 ms, then ask again',
    });
  }
}
