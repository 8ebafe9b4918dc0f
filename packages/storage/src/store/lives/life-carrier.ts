import type { Database, Statement } from 'better-sqlite3';
import { NameTable } from '../names.js';
import { type FireLife, newFire, newSignal, type SignalLife, tellFire } from './life.js';
import { LifeTable } from './life-table.js';
import { allTallies, type LifeTally } from './life-tally.js';

type Carried<Life> = Life & { pattern: string | null };

/** What an old store knows of lives that began before the oldest event a new one has. */
export interface OlderLives {
  signals: Array<Carried<SignalLife>>;
  fires: Array<Carried<FireLife>>;
}

/** Reads them from a store; nothing where it is of version 1. A signal and its fires come together. */
export function readOlderLives(db: Database, oldest: number): OlderLives {
  if (Number(db.pragma('user_version', { simple: true })) < 2) return { signals: [], fires: [] };
  const named = (table: string) =>
    `SELECT l.*, p.name AS pattern FROM ${table} l LEFT JOIN pattern_rows p ON p.pattern_id = l.pattern_id`;
  const signals = db
    .prepare(`${named('signal_lives')} WHERE (l.no < :oldest
        OR l.no IN (SELECT signal_no FROM fire_lives WHERE no < :oldest))
      AND max(l.last_seq, ifnull((SELECT max(last_seq) FROM fire_lives f WHERE f.signal_no = l.no), 0)) >= :oldest`)
    .all({ oldest }) as Array<Carried<SignalLife>>;
  const fires = db
    .prepare(`${named('fire_lives')} WHERE l.signal_no IN (SELECT value FROM json_each(:signals))
      OR (l.signal_no IS NULL AND l.no < :oldest AND l.last_seq >= :oldest)`)
    .all({ oldest, signals: JSON.stringify(signals.map(({ no }) => no)) }) as Array<Carried<FireLife>>;
  return { signals, fires };
}

const signalHops = ['generated', 'expired', 'outcome'] as const;
const fireHops = ['fired', 'executed', 'confirmed', 'outcome'] as const;

/** Completes a new store's lives, within the caller's transaction, with what happened before its oldest event. */
export class LifeCarrier {
  readonly #oldest: number;
  readonly #patterns: NameTable;
  readonly #tally: LifeTally;
  readonly #signals: LifeTable<SignalLife>;
  readonly #fires: LifeTable<FireLife>;
  readonly #firesOfSignal: Statement;
  readonly #takeSignal: Statement;
  readonly #takeFire: Statement;

  constructor(db: Database, oldest: number) {
    this.#oldest = oldest;
    this.#patterns = new NameTable(db, { table: 'main.pattern_rows', key: 'pattern_id' });
    this.#tally = allTallies(db);
    const signals = { table: 'main.signal_lives', id: 'signal_id', blank: newSignal(0, '') } as const;
    const fires = { table: 'main.fire_lives', id: 'fire_id', blank: newFire(0, '') } as const;
    this.#signals = new LifeTable(db, signals);
    this.#fires = new LifeTable(db, fires);
    this.#firesOfSignal = db.prepare('SELECT fire_id FROM fire_lives WHERE signal_no = ?').pluck();
    this.#takeSignal = db.prepare('DELETE FROM signal_lives WHERE signal_id = ? RETURNING *');
    this.#takeFire = db.prepare('DELETE FROM fire_lives WHERE fire_id = ? RETURNING *');
  }

  carry({ signals, fires }: OlderLives): void {
    const bySignal = new Map<number | null, Array<Carried<FireLife>>>();
    for (const fire of fires) {
      const together = bySignal.get(fire.signal_no);
      if (together === undefined) bySignal.set(fire.signal_no, [fire]);
      else together.push(fire);
    }
    for (const signal of signals) this.#carryTogether(signal, bySignal.get(signal.no) ?? []);
    for (const fire of bySignal.get(null) ?? []) this.#insertFire(this.#mergedFire(fire));
    this.#tally.settle();
  }

  #carryTogether(old: Carried<SignalLife>, oldFires: ReadonlyArray<Carried<FireLife>>): void {
    const fresh = this.#takeOutSignal(old.signal_id);
    const merged = this.#mergedFires(oldFires, fresh);
    const signal = this.#merge(old, fresh, signalHops);
    signal.fires = merged.length;
    this.#signals.write({ life: signal, was: null });
    this.#tally.addSignal(signal, 1);
    for (const fire of merged) {
      fire.signal_no = signal.no;
      tellFire(fire, signal);
      this.#insertFire(fire);
    }
  }

  /** The fires the old store knew of, and those that only the new one has seen. */
  #mergedFires(old: ReadonlyArray<Carried<FireLife>>, signal: SignalLife | undefined): FireLife[] {
    const merged = old.map((fire) => this.#mergedFire(fire));
    const ids = signal === undefined ? [] : (this.#firesOfSignal.all(signal.no) as string[]);
    return [...merged, ...ids.map((id) => this.#takeOutFire(id)!)];
  }

  #mergedFire(old: Carried<FireLife>): FireLife {
    return this.#merge(old, this.#takeOutFire(old.fire_id), fireHops);
  }

  #insertFire(life: FireLife): void {
    this.#fires.write({ life, was: null });
    this.#tally.addFire(life, 1);
  }

  #takeOutSignal(id: string): SignalLife | undefined {
    const life = this.#takeSignal.get(id) as SignalLife | undefined;
    if (life !== undefined) this.#tally.addSignal(life, -1);
    return life;
  }

  #takeOutFire(id: string): FireLife | undefined {
    const life = this.#takeFire.get(id) as FireLife | undefined;
    if (life !== undefined) this.#tally.addFire(life, -1);
    return life;
  }

  /** Of the old life what happened before the oldest event, of the new one all the rest. */
  #merge<Life extends SignalLife | FireLife>(
    { pattern, ...old }: Carried<Life>,
    fresh: Life | undefined,
    hops: readonly string[],
  ): Life {
    const [before, after] = [old as Values, (fresh ?? {}) as Values];
    const life: Values = { ...before };
    life.pattern_id = pattern === null ? (after.pattern_id ?? 0) : this.#patterns.id(pattern);
    life.last_seq = after.last_seq ?? before.last_seq!;
    for (const [name, value] of Object.entries(after)) life[name] ??= value;
    for (const hop of hops) {
      const names = [`${hop}_seq`, `${hop}_at`, ...(hop === 'outcome' ? outcomeNames : [])];
      const isOlder = before[`${hop}_seq`] !== null && Number(before[`${hop}_seq`]) < this.#oldest;
      const count = Number(after[`${hop}_count`] ?? 0);
      life[`${hop}_count`] = isOlder ? Math.max(Number(before[`${hop}_count`]), count + 1) : count;
      if (isOlder) continue;
      for (const name of names) if (name in before) life[name] = after[name] ?? null;
    }
    return life as unknown as Life;
  }
}

type Values = Record<string, string | number | null>;
const outcomeNames = ['outcome', 'won', 'profit', 'pips'];
