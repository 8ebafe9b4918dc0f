import type { Database, Statement } from 'better-sqlite3';
import { type FireLife, hopOf, lifeTypes, type SignalLife } from './life.js';
import { storedEvents } from './life-fill.js';
import { allTallies, type LifeTally } from './life-tally.js';

/**
 * Whether any fire of a signal goes on, the newest asked first: of a signal that is fired all day, every batch would
 * look at all fires otherwise.
 */
export const firesGoOn =
  'SELECT 1 FROM fire_lives WHERE signal_no = ? AND last_seq >= ? ORDER BY no DESC LIMIT 1';

/**
 * Removes lives whose events are all gone, within the caller's transaction. A signal and its fires go together, with
 * the last event of any of them: until then they say what they always said, also of events that went before.
 */
export class LifeRemover {
  readonly #db: Database;
  readonly #tally: LifeTally;
  readonly #signalNo: Statement;
  readonly #fireNos: Statement;
  readonly #goesOn: Record<'signal' | 'fire' | 'firesOfSignal', Statement>;
  readonly #remove: Record<'signal' | 'fire' | 'firesOfSignal', Statement>;

  constructor(db: Database) {
    this.#db = db;
    this.#tally = allTallies(db);
    this.#signalNo = db.prepare('SELECT no FROM signal_lives WHERE signal_id = ?').pluck();
    this.#fireNos = db.prepare('SELECT no, signal_no FROM fire_lives WHERE fire_id = ?');
    this.#goesOn = {
      signal: db.prepare('SELECT 1 FROM signal_lives WHERE no = ? AND last_seq >= ?'),
      fire: db.prepare('SELECT 1 FROM fire_lives WHERE no = ? AND last_seq >= ?'),
      firesOfSignal: db.prepare(firesGoOn),
    };
    this.#remove = {
      signal: db.prepare('DELETE FROM signal_lives WHERE no = ? RETURNING *'),
      fire: db.prepare('DELETE FROM fire_lives WHERE no = ? RETURNING *'),
      firesOfSignal: db.prepare('DELETE FROM fire_lives WHERE signal_no = ? RETURNING *'),
    };
  }

  /** Call it before the rows of the events before `to` go: they say which lives are concerned. */
  remove(to: number): void {
    const { signals, fires } = this.#concerned(to);
    for (const no of signals) {
      const { signal, firesOfSignal } = this.#goesOn;
      if (signal.get(no, to) !== undefined || firesOfSignal.get(no, to) !== undefined) continue;
      for (const life of this.#remove.signal.all(no)) this.#tally.addSignal(life as SignalLife, -1);
      for (const life of this.#remove.firesOfSignal.all(no)) this.#tally.addFire(life as FireLife, -1);
    }
    for (const no of fires) {
      if (this.#goesOn.fire.get(no, to) !== undefined) continue;
      for (const life of this.#remove.fire.all(no)) this.#tally.addFire(life as FireLife, -1);
    }
    this.#tally.settle();
  }

  /** The signals that events before `to` are about, and the fires that have no signal. */
  #concerned(to: number): { signals: Set<number>; fires: Set<number> } {
    const [signals, fires] = [new Set<number>(), new Set<number>()];
    for (const events of storedEvents(this.#db, { types: lifeTypes, to })) {
      for (const { event, seq, timestamp } of events) {
        const hop = hopOf(event, seq, timestamp);
        if (hop?.of === 'signal') {
          const no = this.#signalNo.get(hop.signal_id) as number | undefined;
          if (no !== undefined) signals.add(no);
        } else if (hop?.of === 'fire') {
          const found = this.#fireNos.get(hop.fire_id) as Pick<FireLife, 'no' | 'signal_no'> | undefined;
          if (found?.signal_no != null) signals.add(found.signal_no);
          else if (found !== undefined) fires.add(found.no);
        }
      }
    }
    return { signals, fires };
  }
}
