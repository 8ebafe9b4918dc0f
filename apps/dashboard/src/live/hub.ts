import { HttpError } from '../http/errors.js';
import { EventStream, type StreamEvent } from './stream.js';
import type { Tail } from './tail.js';

/** A page has one stream; nobody has more pages open. */
const streams_max = 32;
/** Each has a part of the log's end in hand. */
const tails_max = 8;
/** Frames are sent together, so often: sooner than anybody sees, and seldom enough for any number of events. */
const flush_ms = 250;

export interface HubFacts {
  streams: number;
  tails: number;
  /** Frames that slow browsers had no room for, since the start. */
  dropped_frames: number;
}

/** All open streams. */
export class Hub {
  readonly #streams = new Set<EventStream>();
  readonly #last = new Map<StreamEvent, string>();
  #timer: NodeJS.Timeout | undefined;
  #dropped = 0;

  /** Opens one. Throws `HttpError` 503 where there are too many. */
  open(makeTail: (() => Tail) | null): EventStream {
    const { streams, tails } = this.facts();
    if (streams >= streams_max) throw tooMany('stream', streams_max);
    if (makeTail !== null && tails >= tails_max) throw tooMany('tail of events', tails_max);
    const stream = new EventStream({
      tail: makeTail?.() ?? null,
      onClose: (closed) => this.#closed(closed),
    });
    this.#streams.add(stream);
    for (const [event, json] of this.#last) stream.tell(event, json);
    stream.flush();
    this.#timer ??= setInterval(() => this.#flush(), flush_ms);
    return stream;
  }

  /** Tells all pages; a page that comes later is told the last of it first. */
  tell(event: Exclude<StreamEvent, 'events'>, payload: unknown): void {
    const json = JSON.stringify(payload);
    this.#last.set(event, json);
    for (const stream of this.#streams) stream.tell(event, json);
  }

  facts(): HubFacts {
    let tails = 0;
    let dropped_frames = this.#dropped;
    for (const stream of this.#streams) {
      if (stream.tail !== null) tails += 1;
      dropped_frames += stream.dropped;
    }
    return { streams: this.#streams.size, tails, dropped_frames };
  }

  close(): void {
    for (const stream of [...this.#streams]) stream.close();
  }

  #flush(): void {
    for (const stream of [...this.#streams]) stream.flush();
  }

  #closed(stream: EventStream): void {
    this.#streams.delete(stream);
    this.#dropped += stream.dropped;
    if (this.#streams.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}

function tooMany(what: string, max: number): HttpError {
  return new HttpError(503, 'too_many_streams', `there are ${max} open already: no other ${what}`, {
    found: `${max} open`,
    expected: `fewer than ${max}`,
    remedy: 'close a page that is not needed; a page that is closed gives its place back at once',
  });
}
