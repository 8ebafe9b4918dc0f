import type { Tail } from './tail.js';

/** The names of what a stream tells. */
export type StreamEvent = 'now' | 'events' | 'alerts' | 'replays';

/** As much as may wait for a browser that does not read. */
const unread_bytes_max = 1024 * 1024;
/** A browser that has not read for so long is let go; it comes back by itself when it wakes up. */
const stuck_ms_max = 60_000;

const encoder = new TextEncoder();

/**
 * One page's stream of server-sent events. What a slow browser has no room for is not kept for it: of what only counts
 * in its newest form (`now`, `alerts`, `replays`) a later one is told, and events of the tail are counted.
 */
export class EventStream {
  /** What a response sends. */
  readonly body: ReadableStream<Uint8Array>;
  readonly tail: Tail | null;
  readonly #onClose: (stream: EventStream) => void;
  /** Told at the next flush, the newest of each kind. */
  readonly #news = new Map<StreamEvent, string>();
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  #fullSince: number | null = null;
  #dropped = 0;

  constructor({ tail, onClose }: { tail: Tail | null; onClose: (stream: EventStream) => void }) {
    this.tail = tail;
    this.#onClose = onClose;
    this.body = new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          this.#controller = controller;
        },
        cancel: () => this.close(),
      },
      new ByteLengthQueuingStrategy({ highWaterMark: unread_bytes_max }),
    );
    this.#write(': the stream of docs/DASHBOARD.md\nretry: 2000\n\n');
  }

  /** Frames that found no room, so far. */
  get dropped(): number {
    return this.#dropped;
  }

  /** To be told with the next frame; `json` is one line. */
  tell(event: StreamEvent, json: string): void {
    this.#news.set(event, json);
  }

  /** Sends what there is to tell, in one piece. */
  flush(): void {
    const frame = this.tail?.take() ?? null;
    if (frame === null && this.#news.size === 0) return;
    const parts = [...this.#news].map(([event, json]) => `event: ${event}\ndata: ${json}\n`);
    if (frame !== null) parts.push(`event: events\ndata: ${JSON.stringify(frame)}\n`);
    this.#news.clear();
    // With the news too: of a tail that is quiet it says that everything up to here was looked at.
    const id = this.tail?.lastSeen;
    const idLine = id === undefined ? '' : `id: ${id}\n`;
    if (this.#write(parts.map((part) => `${part}${idLine}\n`).join(''))) return;
    if (frame !== null) this.tail?.giveBack(frame);
  }

  close(): void {
    const controller = this.#controller;
    if (controller === undefined) return;
    this.#controller = undefined;
    this.tail?.close();
    try {
      controller.close();
    } catch {
      // Whoever read it has cancelled it.
    }
    this.#onClose(this);
  }

  /** False where it found no room. */
  #write(text: string): boolean {
    const controller = this.#controller;
    if (controller === undefined) return false;
    const bytes = encoder.encode(text);
    if ((controller.desiredSize ?? 0) >= bytes.length) {
      this.#fullSince = null;
      controller.enqueue(bytes);
      return true;
    }
    this.#dropped += 1;
    this.#fullSince ??= performance.now();
    if (performance.now() - this.#fullSince > stuck_ms_max) this.#giveUp(controller);
    return false;
  }

  #giveUp(controller: ReadableStreamDefaultController<Uint8Array>): void {
    // Not closed, which would wait for what is queued to be read.
    controller.error(new Error('the browser does not read'));
    this.close();
  }
}
