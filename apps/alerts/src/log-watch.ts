import { type Alert, AlertEngine, type RuleFile, type SeenEvent } from '@bitten/alerts';
import type { BusLink } from '@bitten/client';
import { type AlertBook, type Route, routesOf } from '@bitten/notify';
import { type Envelope, GapError } from '@bitten/schema';
import { type FetchReply, PositionBeyondEndError, splitEvents } from '@bitten/transport';

export interface LogWatchOptions {
  /** The connection to the bus, whenever that comes. */
  openLink: () => Promise<BusLink>;
  book: AlertBook;
  rules: RuleFile;
  /** What the system has measured since it was asked last. */
  takeFigures: () => Record<string, number> | null;
  /** Alerts were recorded, and deliveries wait. */
  onRecorded: (alerts: readonly Alert[]) => void;
  onGap: (gap: GapError) => void;
  /** The book belongs to another log: what it remembers means nothing here. */
  onOtherLog: (found: string, expected: string) => void;
  /** The book cannot be written: nothing is lost, and it is tried again. */
  onTrouble: (error: unknown) => void;
  signal: AbortSignal;
}

/** Without alerts, where the engine stands is kept this often: what came since is looked at again after a crash. */
const checkpoint_s = 5;
const checkpoint_events = 10_000;
/** How long the log is waited for before the time is looked at. */
const wait_ms = { min: 20, max: 1_000 };
const retry_ms = 1_000;
/** The memory of ten thousand fires is megabytes: most of the time goes to reading, and the disk has its rest. */
const commitRest = { alerts: 4, checkpoint: 100 };
const commitCost_ms_max = 250;
/** While nothing can be read, this often it is seen what the system has measured. */
const measure_ms = 500;
/** A filter that names no type lets everything pass; rules about the system alone need nothing. */
const noType = 'none.of.them';

const now = () => Date.now() / 1000;

/**
 * Holds the log against the rules, from where it stood when it stopped.
 *
 * **Ordering.** In the order of the log. Time passes for the rules only up to a moment before which everything is known
 * to have been read, so that nothing is missed that was merely not read yet.
 *
 * **Failure.** What the engine says is committed with the place it stands at. After a crash it goes on from there, says
 * the same again, and the book takes it once. While the bus is away it waits; while the book cannot be written, too.
 */
export class LogWatch {
  readonly #o: LogWatchOptions;
  #rules: RuleFile;
  #engine: AlertEngine;
  #logId = '';
  #next = 0;
  /** `since` by a clock that nobody sets. */
  #unsaved = { alerts: [] as Alert[], events: 0, since: performance.now() };
  readonly #routes = new WeakMap<Alert, Route[]>();
  #end = 0;
  #commitCost_ms = 0;
  #isFollowing = false;
  /** False where the bus has not been asked since it was away: it may have another log. */
  #isSameLog = false;

  constructor(options: LogWatchOptions) {
    this.#o = options;
    this.#rules = options.rules;
    this.#engine = new AlertEngine(options.rules.rules, { startedAt: now() });
  }

  /** How many events of the log have not been looked at, by what the bus said last. */
  get lag(): number {
    return Math.max(0, this.#end - this.#next);
  }

  /** Whether the bus has been found, and events are held against the rules. */
  get isFollowing(): boolean {
    return this.#isFollowing;
  }

  /** Goes on with other rules; what those that have not changed remember stays. */
  change(rules: RuleFile): void {
    const engine = new AlertEngine(rules.rules, { startedAt: now() });
    engine.load(this.#engine.save());
    this.#engine = engine;
    this.#rules = rules;
  }

  /** Runs until the signal. Rejects with what the bus says no with. */
  async run(): Promise<void> {
    const { signal, book } = this.#o;
    const checkpoint = book.checkpoint();
    if (checkpoint !== null) {
      this.#logId = checkpoint.log_id;
      this.#next = checkpoint.next;
      this.#engine.load(checkpoint.engine);
    }
    const link = await this.#findBus();
    while (!signal.aborted) {
      await this.#turn(link);
      if (this.#isDue()) await this.#commit();
    }
    await this.#commit();
  }

  /** A bus that does not come is told of as well: what the system measures is said while it is waited for. */
  async #findBus(): Promise<BusLink> {
    const opening = this.#o.openLink();
    const isHere = opening.then(
      () => true,
      () => true,
    );
    for (;;) {
      let timer: NodeJS.Timeout | undefined;
      const isTime = new Promise<boolean>(
        (resolve) => (timer = setTimeout(() => resolve(false), measure_ms)),
      );
      const isOpened = await Promise.race([isHere, isTime]);
      clearTimeout(timer);
      if (isOpened) return opening;
      this.#measure();
      if (this.#isDue()) await this.#commit();
    }
  }

  /** Goes on where it stood, where that is of this log; else at its end: what was before anybody asked wakes nobody. */
  async #begin({ client }: BusLink): Promise<void> {
    const { log_id, next } = await client.hello();
    this.#isSameLog = true;
    this.#isFollowing = true;
    // A log that was cut, or put back from a copy, is another one: the places in it are those of other events.
    if (log_id === this.#logId && this.#next <= next) return;
    if (this.#logId !== '') this.#o.onOtherLog(log_id, this.#logId);
    this.#forget();
    this.#logId = log_id;
    this.#next = next;
    await this.#commit();
  }

  /** What was remembered of a log; the system is the same. */
  #forget(): void {
    const { rules } = this.#rules;
    const isSystem = new Set(rules.filter(({ when }) => when.kind === 'system').map(({ name }) => name));
    const saved = this.#engine.save();
    const kept = Object.entries(saved.rules).filter(([name]) => isSystem.has(name));
    this.#engine = new AlertEngine(rules, { startedAt: now() });
    this.#engine.load({ version: saved.version, rules: Object.fromEntries(kept) });
  }

  /** One read of the log, and what follows from it. */
  async #turn(link: BusLink): Promise<void> {
    const { onGap, signal } = this.#o;
    const asked = now();
    try {
      if (!this.#isSameLog) await this.#begin(link);
      const { types } = this.#engine;
      const filter = { types: types.length === 0 ? [noType] : types };
      const reply = await link.client.fetch(
        { from: this.#next, filter, wait_ms: this.#wait(asked) },
        { signal },
      );
      link.succeeded();
      this.#see(reply, asked);
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof GapError) {
        onGap(error);
        this.#next = error.to;
      } else if (error instanceof PositionBeyondEndError) {
        this.#isSameLog = false;
      } else {
        // The bus may come back in a second or an hour. What the system measures is said meanwhile.
        await link.recover(error);
        this.#isSameLog = false;
      }
    }
    this.#measure();
  }

  #measure(): void {
    const figures = this.#o.takeFigures();
    if (figures !== null) this.#say(this.#engine.measure(figures, now()));
  }

  #see(reply: FetchReply, asked: number): void {
    for (const event of eventsOf(reply)) this.#say(this.#engine.see(event));
    this.#unsaved.events += reply.next - this.#next;
    this.#next = reply.next;
    this.#end = reply.end;
    // At the end of the log: whatever was appended before the question was asked has been seen.
    if (reply.next >= reply.end) this.#say(this.#engine.pass(asked));
  }

  #wait(at: number): number {
    if (this.#unsaved.alerts.length > 0) return wait_ms.min;
    const due_ms = (this.#engine.deadline - at) * 1000;
    return Math.round(Math.min(wait_ms.max, Math.max(wait_ms.min, due_ms)));
  }

  #say(alerts: readonly Alert[]): void {
    for (const alert of alerts) {
      this.#unsaved.alerts.push(alert);
      // By the rules that said it: others may be in use when it is committed.
      this.#routes.set(alert, routesOf(alert, this.#ruleOf(alert), this.#rules.channels));
    }
  }

  #isDue(): boolean {
    const { alerts, events, since } = this.#unsaved;
    const waited_ms = performance.now() - since;
    if (alerts.length > 0 || events >= checkpoint_events)
      return waited_ms >= commitRest.alerts * this.#commitCost_ms;
    return waited_ms >= Math.max(checkpoint_s * 1000, commitRest.checkpoint * this.#commitCost_ms);
  }

  /** Until it is on disk: an alert that nobody has recorded must not be passed over. */
  async #commit(): Promise<void> {
    const { book, onRecorded, onTrouble, signal } = this.#o;
    for (;;) {
      const { alerts } = this.#unsaved;
      const began = performance.now();
      try {
        book.commit({
          checkpoint: { log_id: this.#logId, next: this.#next, engine: this.#engine.save() },
          alerts,
          routesOf: (alert) => this.#routes.get(alert) ?? [],
        });
        const ended = performance.now();
        this.#commitCost_ms = Math.min(commitCost_ms_max, ended - began);
        this.#unsaved = { alerts: [], events: 0, since: ended };
        if (alerts.length > 0) onRecorded(alerts);
        return;
      } catch (error) {
        onTrouble(error);
        if (signal.aborted) return;
        await new Promise((resolve) => setTimeout(resolve, retry_ms));
      }
    }
  }

  #ruleOf({ rule }: Alert) {
    return this.#rules.rules.find(({ name }) => name === rule);
  }
}

function eventsOf({ runs, body }: Pick<FetchReply, 'runs' | 'body'>): SeenEvent[] {
  const texts = splitEvents(body);
  const events: SeenEvent[] = [];
  for (const [first, count, appended_at] of runs) {
    for (let seq = first; seq < first + count; seq += 1) {
      events.push({ ...(JSON.parse(texts[events.length]!) as Envelope), seq, appended_at });
    }
  }
  return events;
}
