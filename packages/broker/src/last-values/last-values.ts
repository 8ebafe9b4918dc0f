import { setImmediate as nextTurn } from 'node:timers/promises';
import { BittenError, type Catalogue, type Envelope, keyIn } from '@bitten/schema';
import type { Log, LogRecord } from '@bitten/storage/log';
import { splitEvents } from '@bitten/transport';
import type { Filter } from '../filter.js';
import { catchUp } from './catch-up.js';
import { type KeptStats, KeptValues, type ValuesOfType } from './kept-values.js';
import { buildPage, type LastValuesPage } from './page.js';
import { readSnapshot, writeSnapshot } from './snapshot.js';

/** What an event is the newest value of. */
export interface Keyed {
  values: ValuesOfType;
  key: string;
  /** Which of the texts of its batch it is. */
  at: number;
}

/** What is staged for the log. */
interface StagedRun {
  /** The place of the text `first`; the others follow. */
  seq: number;
  first: number;
  appendedAt: number;
  texts: readonly string[];
}

interface LastValuesOptions {
  log: Log;
  catalogue: Catalogue;
  /** The snapshot. */
  file: string;
  /** Hears what keeps the values from being complete, or the snapshot from being written: once, until it works. */
  onError: (error: unknown) => void;
}

export interface LastValuesQuery {
  types: readonly string[];
  filter: Filter | undefined;
  after: number;
  maxBytes: number;
}

/** Who asks for the last values of a type that has no key. */
export class NoKeyError extends BittenError {
  constructor(found: readonly string[], known: readonly string[]) {
    super('bad_request', `there are no last values of ${found.join(', ')}, which have no key`, {
      found: found.join(', '),
      expected: `types with a key that the bus knows: ${known.join(', ')}`,
      remedy: `ask for those of ${known.join(', ')}, or read the events themselves with fetch`,
    });
  }
}

const settleDelay_ms = 250;
const snapshotDelay_ms = 30_000;

/**
 * The last value of each key (of each symbol's tick, of each account's balance), for who comes late.
 *
 * **Ordering.** The values are those of the log's end at the moment they are asked for: who reads on from there
 * misses none and gets none twice. While the log is still being read after a start, who asks waits.
 *
 * **Failure.** All of it can be made again from the log. A snapshot now and then saves reading much of it; one that is
 * missing, damaged or of another log costs time and nothing else. A value whose event retention has removed is kept,
 * as long as the snapshot is.
 */
export class LastValues {
  readonly #o: LastValuesOptions;
  readonly #kept: KeptValues;
  readonly #ready: Promise<void>;
  #isReady = false;
  #waiting = 0;
  #lastAppendedAt: number;
  #settleTimer: NodeJS.Timeout | undefined;
  #snapshotTimer: NodeJS.Timeout | undefined;
  #saving: Promise<void> = Promise.resolve();
  #failing = false;
  #closed = false;

  constructor(options: LastValuesOptions) {
    this.#o = options;
    const { catalogue, log } = options;
    this.#kept = new KeptValues(catalogue.types().flatMap((type) => keyedType(type, catalogue)));
    this.#lastAppendedAt = log.stats().lastAppendedAt ?? 0;
    this.#ready = this.#begin(log.nextSeq);
  }

  get stats(): KeptStats {
    return this.#kept.stats;
  }

  /** What an event is the newest value of; null where its type has no key. Asked for each event that comes in. */
  keyedBy(event: Envelope, at = 0): Keyed | null {
    const values = this.#kept.of(event.event_type);
    if (values === undefined) return null;
    const key = keyIn(values.fields, event.data);
    return key === null ? null : { values, key, at };
  }

  /** Notes events that are staged for the log. The newest first, so that the others of its key cost a look. */
  stage(keyed: readonly Keyed[], { seq, first, appendedAt, texts }: StagedRun): void {
    // As the log holds it: its times never go back.
    this.#lastAppendedAt = Math.max(this.#lastAppendedAt, appendedAt);
    for (let i = keyed.length - 1; i >= 0; i -= 1) {
      const { values, key, at } = keyed[i]!;
      const place = seq + at - first;
      const known = values.staged.get(key);
      if (known !== undefined && known.seq > place) continue;
      values.staged.set(key, { seq: place, appendedAt: this.#lastAppendedAt, text: texts[at]! });
    }
  }

  /** What is staged has become durable. */
  commit(): void {
    if (this.#kept.commit()) this.#changed();
  }

  /** What is staged will not be. */
  rollback(): void {
    this.#kept.rollback();
  }

  /** Null where it has been closed before the values were there. Throws `NoKeyError`; the promise does not reject. */
  ask(query: LastValuesQuery): Promise<LastValuesPage | null> {
    const unknown = query.types.filter((type) => this.#kept.of(type) === undefined);
    if (unknown.length > 0) throw new NoKeyError(unknown, this.#kept.types);
    return this.#answer(query);
  }

  /** Writes the snapshot and ends. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#settleTimer);
    if (this.#snapshotTimer !== undefined) this.#save();
    await this.#ready;
    await this.#saving;
  }

  async #answer({ types, ...query }: LastValuesQuery): Promise<LastValuesPage | null> {
    this.#waiting += 1;
    await this.#ready;
    this.#waiting -= 1;
    if (!this.#isReady) return null;
    // From here to the list and the place of its moment there is no turn of the event loop.
    const values = [...new Set(types)].flatMap((type) => [...this.#kept.of(type)!.kept.values()]);
    return buildPage(values, { ...query, next: this.#o.log.nextSeq });
  }

  /** Takes what the snapshot has, and reads the rest of the log up to where it stood at the start. */
  async #begin(end: number): Promise<void> {
    const { log, file, onError } = this.#o;
    let next: number | null = null;
    // The bus opens its doors first.
    await nextTurn();
    try {
      next = readSnapshot(file, { log_id: log.id, end, values: this.#kept });
      await catchUp({
        log,
        from: next ?? 1,
        to: end,
        take: (record) => this.#take(record),
        isUrgent: () => this.#waiting > 0,
        isClosed: () => this.#closed,
      });
    } catch (error) {
      this.#kept.forgetBefore(end);
      onError(error);
    }
    if (this.#closed) return;
    this.#isReady = true;
    this.#kept.settle();
    if (next !== end) this.#changed();
  }

  #take({ seq, appendedAt, body }: LogRecord): void {
    const texts = splitEvents(body);
    for (let i = texts.length - 1; i >= 0; i -= 1) {
      const text = texts[i]!;
      if (!this.#mayHaveKey(text)) continue;
      const keyed = this.keyedBy(JSON.parse(text) as Envelope);
      if (keyed !== null) this.#kept.put(keyed.values, keyed.key, { seq: seq + i, appendedAt, text });
    }
    this.#changed();
  }

  /** Spares the parsing of what is none of its types: their names stand in the text, or are written with escapes. */
  #mayHaveKey(text: string): boolean {
    return this.#kept.types.some((type) => text.includes(type)) || text.includes('\\u');
  }

  #changed(): void {
    if (this.#closed) return;
    this.#settleTimer ??= setTimeout(() => {
      this.#settleTimer = undefined;
      this.#kept.settle();
    }, settleDelay_ms).unref();
    if (this.#isReady) this.#snapshotTimer ??= setTimeout(() => this.#save(), snapshotDelay_ms).unref();
  }

  #save(): void {
    clearTimeout(this.#snapshotTimer);
    this.#snapshotTimer = undefined;
    const { log, file, onError } = this.#o;
    this.#saving = this.#saving
      .then(() => {
        this.#kept.settle();
        return writeSnapshot(file, { log_id: log.id, next: log.nextSeq, values: this.#kept });
      })
      .then(() => {
        this.#failing = false;
      })
      .catch((error: unknown) => {
        if (!this.#failing) onError(error);
        this.#failing = true;
      });
  }
}

function keyedType(type: string, catalogue: Catalogue): Array<[string, readonly string[]]> {
  const key = catalogue.get(type)?.key ?? null;
  return key === null ? [] : [[type, key]];
}
