import { describeError, type Logger } from '@bitten/runtime';
import {
  type FollowedLog,
  isRebuilt,
  openStore,
  refuseRebuilt,
  type SqliteStore,
  swapStore,
} from '@bitten/storage/store';
import type { BusClient, FetchReply } from '@bitten/transport';
import { Follower } from './follower.js';
import type { StoreFacts } from './metrics.js';
import { deadLettersOf, eventsOf } from './pages.js';
import type { Progress } from './progress.js';
import { Pruner, type Retention } from './pruner.js';

interface ProjectionOptions {
  file: string;
  client: BusClient;
  log: Logger;
  linger_ms: number;
  /** What the store is to keep. */
  retention: Retention;
  /** Is told how far the store has come. */
  progress: Progress;
  /** Hears what ends following for good. */
  onFailed: (error: unknown) => void;
}

const cursorNames = { events: 'collector', dead_letters: 'collector.dead_letters' } as const;

/**
 * The store and those who fill it, which come and go together.
 *
 * **Ordering.** Whoever replaces the store first ends the followers after the page in hand. The new ones begin where
 * the new store stands.
 *
 * **Failure.** A store that cannot be put in place is refused, and the old one goes on. Where none can be opened any
 * more, `replace` throws.
 */
export class Projection {
  readonly #o: ProjectionOptions;
  #store: SqliteStore;
  #pruner: Pruner;
  #followers: Follower[] = [];
  #logId: string | null = null;
  /** One thing at a time: a stop waits for a replacement on its way. */
  #work: Promise<void> = Promise.resolve();
  #isStopped = false;
  /** What the stores that were replaced had counted. */
  #before = { stored: 0, failed: 0 };

  /** Throws what `openStore` throws. */
  constructor(options: ProjectionOptions) {
    this.#o = options;
    [this.#store, this.#pruner] = this.#open();
  }

  /** The next position to apply. */
  position(name: FollowedLog): number {
    return this.#store.cursor(name);
  }

  /** What there is to tell of the store; null where it cannot be read now. */
  facts(): StoreFacts | null {
    if (this.#isStopped) return null;
    try {
      const summary = this.#store.summary();
      const { events_stored, events_failed } = this.#store.getStats();
      return {
        summary,
        gaps: this.#store.gaps().length,
        stored: this.#before.stored + events_stored,
        failed: this.#before.failed + events_failed,
      };
    } catch {
      return null;
    }
  }

  /** Fills the store from the bus that keeps this log. Throws `ForeignLogError`. */
  follow(logId: string): void {
    this.#store.bind(logId);
    this.#logId = logId;
    if (!this.#isStopped) this.#followers = this.#startFollowers();
  }

  /** Takes over the store that `bitten rebuild` has made, where one waits. */
  replace(): Promise<void> {
    this.#work = this.#work.then(() => this.#replace());
    return this.#work;
  }

  stop(): Promise<void> {
    this.#isStopped = true;
    // A replacement that failed has said so to its caller.
    this.#work = this.#work.catch(() => undefined).then(() => this.#close());
    return this.#work;
  }

  async #replace(): Promise<void> {
    const { file, log } = this.#o;
    if (this.#isStopped) return;
    if (!isRebuilt(file)) {
      log.warn({ file }, 'asked to take over a rebuilt store, and there is none');
      return;
    }
    await this.#close();
    try {
      swapStore({ file });
      log.info({ file }, 'the rebuilt store is in place');
    } catch (error) {
      log.error({ err: error }, 'the rebuilt store is refused: the old one goes on');
      refuseRebuilt(file);
    }
    [this.#store, this.#pruner] = this.#open();
    if (this.#logId !== null) this.follow(this.#logId);
    log.info({ next: this.#store.cursor('events') }, 'store open');
  }

  #open(): [SqliteStore, Pruner] {
    const store = openStore({ file: this.#o.file });
    return [store, new Pruner({ store, log: this.#o.log, retention: this.#o.retention })];
  }

  async #close(): Promise<void> {
    this.#pruner.stop();
    // Of a damaged store not even the position can be read to be told to the bus; that must not keep it open.
    await Promise.allSettled(this.#followers.splice(0).map((follower) => follower.stop()));
    const { events_stored, events_failed } = this.#store.getStats();
    this.#before = {
      stored: this.#before.stored + events_stored,
      failed: this.#before.failed + events_failed,
    };
    this.#store.close();
  }

  #startFollowers(): Follower[] {
    const [store, pruner] = [this.#store, this.#pruner];
    return [
      this.#startFollower('events', (page) => {
        const span = eventsOf(page);
        store.applyEvents(span);
        pruner.applied(span.items.length);
      }),
      this.#startFollower('dead_letters', (page) => {
        const span = deadLettersOf(page);
        store.applyDeadLetters(span);
        pruner.applied(span.items.length);
      }),
    ];
  }

  #startFollower(name: FollowedLog, apply: (page: FetchReply) => void): Follower {
    const { client, log, linger_ms, onFailed, progress } = this.#o;
    const store = this.#store;
    progress.begin(name, store.cursor(name));
    return new Follower({
      client,
      log: name,
      cursor: cursorNames[name],
      linger_ms,
      position: () => store.cursor(name),
      apply: (page) => progress.store(name, page, () => apply(page)),
      skip: (gap) => {
        log.error(
          { from: gap.from, to: gap.to, why: gap.why },
          'events are gone from the log before they were stored',
        );
        store.skip(name, gap);
      },
      onTrouble: (error) => {
        progress.stops(name, describeError(error));
        log.warn({ log: name, err: error }, 'cannot follow for now');
      },
      onRecovered: () => {
        progress.goesOn(name);
        log.info({ log: name }, 'following again');
      },
      onFailed,
    });
  }
}
