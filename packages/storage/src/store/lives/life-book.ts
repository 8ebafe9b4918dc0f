import type { Envelope } from '@bitten/schema';
import type { Database, Statement } from 'better-sqlite3';
import { NameTable } from '../names.js';
import {
  addToFire,
  addToSignal,
  type FireLife,
  type Hop,
  hopOf,
  knownToFires,
  newFire,
  newSignal,
  type SignalLife,
  tellFire,
} from './life.js';
import { type Entry, LifeTable } from './life-table.js';
import type { LifeTally } from './life-tally.js';

/**
 * Writes the lives of signals and fires, within the caller's transaction. A life is read when an event of a span
 * first names it, and written once when the span is settled, so that a chain that comes in one span costs one
 * row each for its signal and its fire.
 *
 * **Failure.** What is in hand belongs to the transaction: `settle` before it commits, `forget` where it was undone.
 */
export class LifeBook {
  readonly #signals = new Map<string, Entry<SignalLife>>();
  readonly #fires = new Map<string, Entry<FireLife>>();
  /** Of the fires in hand, by the `no` of their signal. */
  readonly #linked = new Map<number, FireLife[]>();
  readonly #patterns: NameTable;
  readonly #tally: LifeTally;
  readonly #signalTable: LifeTable<SignalLife>;
  readonly #fireTable: LifeTable<FireLife>;
  readonly #firesOfSignal: Statement;

  /** `schema` is `temp` for tables that only check those of the store. */
  constructor(db: Database, tally: LifeTally, schema: 'main' | 'temp' = 'main') {
    const [signals, fires] = [`${schema}.signal_lives`, `${schema}.fire_lives`];
    this.#patterns = new NameTable(db, { table: `${schema}.pattern_rows`, key: 'pattern_id' });
    this.#tally = tally;
    this.#signalTable = new LifeTable(db, { table: signals, id: 'signal_id', blank: newSignal(0, '') });
    this.#fireTable = new LifeTable(db, { table: fires, id: 'fire_id', blank: newFire(0, '') });
    this.#firesOfSignal = db.prepare(`SELECT fire_id FROM ${fires} WHERE signal_no = ?`).pluck();
  }

  /** Adds an event of one of `lifeTypes`; `at` is its own time, Unix seconds. */
  add(event: Envelope, seq: number, at: number): void {
    const hop = hopOf(event, seq, at);
    if (hop === null) return;
    if (hop.of === 'signal') this.#addToSignal(hop);
    else this.#addToFire(hop);
  }

  /** Writes what is in hand. */
  settle(): void {
    if (this.#signals.size === 0 && this.#fires.size === 0) return;
    for (const entry of this.#signals.values()) {
      this.#signalTable.write(entry);
      if (entry.was !== null) this.#tally.addSignal(entry.was, -1);
      this.#tally.addSignal(entry.life, 1);
    }
    for (const entry of this.#fires.values()) {
      this.#fireTable.write(entry);
      if (entry.was !== null) this.#tally.addFire(entry.was, -1);
      this.#tally.addFire(entry.life, 1);
    }
    this.#tally.settle();
    this.#clear();
  }

  /** Forgets what was taken in hand within a transaction that was undone. */
  forget(): void {
    this.#patterns.forget();
    this.#tally.forget();
    this.#clear();
  }

  #clear(): void {
    this.#signals.clear();
    this.#fires.clear();
    this.#linked.clear();
  }

  #addToSignal(hop: Hop & { of: 'signal' }): void {
    const { life } = this.#signal(hop.signal_id, hop.seq);
    const before = knownToFires(life);
    addToSignal(life, hop);
    if (life.pattern_id === 0 && hop.said.pattern !== null) {
      life.pattern_id = this.#patterns.id(hop.said.pattern);
    }
    if (life.fires > 0 && knownToFires(life) !== before) this.#tellFires(life);
  }

  /**
   * The signal has more to say after it was fired: what its fires know of it follows. That happens a few times in a
   * life, however often its events come again: a signal of ten thousand fires must not be told to them each time.
   */
  #tellFires(signal: SignalLife): void {
    for (const id of this.#firesOfSignal.all(signal.no) as string[]) this.#fire(id, signal.no);
    for (const life of this.#linked.get(signal.no) ?? []) tellFire(life, signal);
  }

  #addToFire(hop: Hop & { of: 'fire' }): void {
    const { life } = this.#fire(hop.fire_id, hop.seq);
    addToFire(life, hop);
    if (life.signal_no !== null || hop.signal_id === null) return;
    const signal = this.#signal(hop.signal_id, hop.seq).life;
    life.signal_no = signal.no;
    signal.fires += 1;
    this.#noteLink(life);
    tellFire(life, signal);
  }

  #signal(id: string, seq: number): Entry<SignalLife> {
    let entry = this.#signals.get(id);
    if (entry === undefined) {
      entry = this.#signalTable.take(id, () => newSignal(seq, id));
      this.#signals.set(id, entry);
    }
    return entry;
  }

  #fire(id: string, seq: number): Entry<FireLife> {
    let entry = this.#fires.get(id);
    if (entry === undefined) {
      entry = this.#fireTable.take(id, () => newFire(seq, id));
      this.#fires.set(id, entry);
      this.#noteLink(entry.life);
    }
    return entry;
  }

  #noteLink(fire: FireLife): void {
    if (fire.signal_no === null) return;
    const linked = this.#linked.get(fire.signal_no);
    if (linked === undefined) this.#linked.set(fire.signal_no, [fire]);
    else linked.push(fire);
  }
}
