import { setImmediate as nextTurn } from 'node:timers/promises';
import {
  type LoggedItem,
  type Played,
  ReplayDriver,
  type ReplayProgress,
  readItems,
  type Speed,
} from '@bitten/replay';
import { BittenError, GapError } from '@bitten/schema';
import type { BusClient, EventFilter, Position } from '@bitten/transport';
import { unixTime } from './clock.js';
import { type Handler, HandOver, retryDelay_ms } from './hand-over.js';
import type { Link } from './link.js';
import { pauseUntilChange } from './pause.js';
import { BridgeClosedError } from './receipt.js';
import type { ReceivedEvent } from './received.js';
import { checkReplayOptions, type ReplaySubscribeOptions } from './replay-options.js';
import { handReplayed, refuseEffects } from './replayed.js';

const connect_ms = 30_000;
/** As with live events: a component must get to its own work. */
const turn_ms = 5;
const eventsPerLook = 64;

/**
 * Reads a stretch of the log and hands it to a handler at a pace, each event marked with `replay`. Nobody else hears
 * of it, and nothing can be published because of it.
 *
 * **Ordering.** In the order of `seq`, one after the other, each when it is due and the one before it has been handled.
 *
 * **Failure.** After a lost connection reading goes on where it was. No place is kept: a replay that is asked for again
 * begins anew.
 */
export class ReplaySubscription {
  readonly #link: Link;
  readonly #o: ReplaySubscribeOptions;
  readonly #handOver: HandOver;
  readonly #abort = new AbortController();
  readonly #done: Promise<void>;
  #driver: ReplayDriver<LoggedItem> | null = null;
  #speed: Speed;
  #isPaused: boolean;
  #turnEnds = 0;
  #given = 0;
  /** What keeps it from reading, as far as that has been said. */
  #trouble: unknown = null;
  #ready!: () => void;

  /** Resolves when it is known what is to be replayed; or at the end. */
  readonly ready = new Promise<void>((resolve) => {
    this.#ready = resolve;
  });

  /** Throws `BadOptionError`, and `ReplayRefusedError` for a handler with effects. */
  constructor(link: Link, options: ReplaySubscribeOptions, handler: Handler) {
    checkReplayOptions(options);
    refuseEffects(handler);
    this.#link = link;
    this.#o = options;
    this.#speed = options.replay.speed ?? 1;
    this.#isPaused = options.replay.paused ?? false;
    this.#handOver = new HandOver({
      handler: (event) => handReplayed(handler, event),
      policy: options.onHandlerError ?? 'skip',
      onError: (error) => this.#tell(error),
      pause: (ms) => pauseUntilChange(link, ms, this.#abort.signal),
      abort: this.#abort,
    });
    this.#abort.signal.addEventListener('abort', () => this.#driver?.stop());
    this.#done = this.#run().finally(() => this.#ready());
  }

  /** Resolves when the last event has been handled, or the replay was closed, or stopped by an error of its handler. */
  get done(): Promise<void> {
    return this.#done;
  }

  /** The next `seq` to be looked at; null before the first answer of the bus. */
  get position(): number | null {
    return this.#driver?.progress.next ?? null;
  }

  /** How many places of the stretch are still to be looked at. */
  get lag(): number {
    const progress = this.#driver?.progress;
    return progress === undefined ? 0 : progress.to - progress.next;
  }

  /** How far it is; null before the first answer of the bus. */
  get progress(): ReplayProgress | null {
    return this.#driver?.progress ?? null;
  }

  get speed(): Speed {
    return this.#driver?.speed ?? this.#speed;
  }

  /** Counts at once. Throws `BadSpeedError`. */
  set speed(speed: Speed) {
    if (this.#driver === null) this.#speed = speed;
    else this.#driver.speed = speed;
  }

  /** Stands still after the event in hand. */
  pause(): void {
    this.#isPaused = true;
    this.#driver?.pause();
  }

  /** Goes on where it stands still, at the same pace. */
  resume(): void {
    this.#isPaused = false;
    this.#driver?.resume();
  }

  /** Pauses, and hands over the next events at once; resolves when they have been handled, or none are left. */
  async step(count = 1): Promise<void> {
    this.pause();
    await this.ready;
    await this.#driver?.step(count);
  }

  /** Stops after the event in hand. Not to be awaited by the handler itself. */
  async close(): Promise<void> {
    this.#abort.abort();
    await this.#done;
  }

  get #closed(): boolean {
    return this.#abort.signal.aborted;
  }

  async #run(): Promise<void> {
    try {
      const places = await this.#ask((client) => this.#places(client));
      if (this.#closed) return;
      this.#driver = new ReplayDriver({
        stage: { read: (from, to) => this.#read(from, to), play: (items) => this.#play(items) },
        ...places,
        speed: this.#speed,
        paused: this.#isPaused,
        gap_ms_max: this.#o.replay.gapMax_ms,
        onGap: (gap) => this.#tellGap(gap),
      });
      this.#ready();
      await this.#driver.done;
    } catch (error) {
      if (!this.#closed) this.#tell(error);
    }
  }

  /** The places that the words of the options stand for now. */
  async #places(client: BusClient): Promise<{ from: number; to: number }> {
    const { from, to = 'end' } = this.#o.replay;
    const { next: end } = await client.hello();
    const place = async (position: Position) =>
      typeof position === 'number' ? position : (await client.fetch({ from: position, max_bytes: 1 })).from;
    return { from: await place(from), to: to === 'end' ? end : Math.min(await place(to), end) };
  }

  #read(from: number, to: number): Promise<{ items: LoggedItem[]; next: number }> {
    const { types, symbols, users, sources, replay } = this.#o;
    const filter: EventFilter = {
      ...(types === undefined ? {} : { types }),
      ...(symbols === undefined ? {} : { symbols }),
      ...(users === undefined ? {} : { users }),
      ...(sources === undefined ? {} : { sources }),
    };
    const { signal } = this.#abort;
    return this.#ask((client) => readItems({ client, from, to, filter, clock: replay.clock, signal }));
  }

  async #play(items: readonly LoggedItem[]): Promise<Played> {
    const played = { next: items[0]!.seq, sent: 0, unheard: 0 };
    for (const item of items) {
      const handled = this.#handOver.give(this.#receivedFrom(item));
      if (handled !== true && !(await handled)) break;
      played.next = item.seq + 1;
      played.sent += 1;
      if (this.#closed) break;
      await this.#yield();
    }
    return played;
  }

  #receivedFrom({ event, seq, appended_at }: LoggedItem): ReceivedEvent {
    const mark = { id: this.#o.replay.name ?? 'private', at: unixTime() };
    return Object.assign(event, { seq, appended_at, replay: mark });
  }

  /** Lets others have their turn, now and then. */
  async #yield(): Promise<void> {
    this.#given += 1;
    if (this.#given % eventsPerLook !== 0 || performance.now() < this.#turnEnds) return;
    await nextTurn();
    this.#turnEnds = performance.now() + turn_ms;
  }

  /** Asks until the bus answers. Throws a gap, which is the driver's to pass over, and `BridgeClosedError`. */
  async #ask<Answer>(request: (client: BusClient) => Promise<Answer>): Promise<Answer> {
    let delay_ms = retryDelay_ms.min;
    while (!this.#closed) {
      try {
        const client = this.#link.open();
        // The first connection takes a moment, which is nobody's error.
        if (client.status.state === 'connecting') {
          await pauseUntilChange(this.#link, connect_ms, this.#abort.signal);
          continue;
        }
        const answer = await request(client);
        this.#trouble = null;
        return answer;
      } catch (error) {
        if (error instanceof GapError || this.#closed) throw error;
        this.#tellTrouble(error);
        await pauseUntilChange(this.#link, delay_ms, this.#abort.signal);
        delay_ms = Math.min(delay_ms * 2, retryDelay_ms.max);
      }
    }
    throw new BridgeClosedError();
  }

  #tellTrouble(error: unknown): void {
    const kind = error instanceof BittenError ? error.code : error;
    if (kind === this.#trouble) return;
    this.#trouble = kind;
    this.#tell(error);
  }

  #tellGap(gap: GapError): void {
    const { onGap } = this.#o;
    if (onGap === undefined) this.#tell(gap);
    else guard(() => onGap(gap));
  }

  #tell(error: unknown): void {
    guard(() => this.#o.onError?.(error));
  }
}

/** What a listener throws is not ours to judge, and must not end the reading. */
function guard(call: () => void): void {
  try {
    call();
  } catch {
    // There is nobody left to tell.
  }
}
