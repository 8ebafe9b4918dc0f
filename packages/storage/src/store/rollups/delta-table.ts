import type { Database, Statement } from 'better-sqlite3';

type Key = number | string;

interface DeltaTableOptions {
  /** With its schema. */
  table: string;
  /** The columns of its primary key. */
  keys: readonly string[];
  /** Integer columns that are added to. */
  sums: readonly string[];
}

interface Delta {
  keys: readonly Key[];
  sums: Float64Array;
}

/** JSON cannot hold it, and no name does. */
const separator = '\u001f';

/**
 * A table of counts that is added to and taken from: what a span changes is summed in memory and written once a key.
 * All sums are whole numbers, so that what was added can be taken away without a trace; a row of zeros goes.
 */
export class DeltaTable {
  readonly #deltas = new Map<string, Delta>();
  readonly #width: number;
  readonly #add: Statement;
  readonly #drop: Statement;

  constructor(db: Database, { table, keys, sums }: DeltaTableOptions) {
    this.#width = sums.length;
    const columns = [...keys, ...sums];
    const values = [...keys.map(() => '?'), ...sums.map(() => 'CAST(? AS INTEGER)')];
    this.#add = db.prepare(`INSERT INTO ${table} (${columns.join(', ')}) VALUES (${values.join(', ')})
      ON CONFLICT (${keys.join(', ')}) DO UPDATE SET ${sums.map((sum) => `${sum} = ${sum} + excluded.${sum}`).join(', ')}`);
    this.#drop = db.prepare(
      `DELETE FROM ${table} WHERE ${[...keys.map((key) => `${key} = ?`), ...sums.map((sum) => `${sum} = 0`)].join(' AND ')}`,
    );
  }

  /** The sums of a key, to be added to. */
  of(...keys: readonly Key[]): Float64Array {
    const name = keys.length === 1 ? String(keys[0]) : keys.join(separator);
    let delta = this.#deltas.get(name);
    if (delta === undefined) {
      delta = { keys, sums: new Float64Array(this.#width) };
      this.#deltas.set(name, delta);
    }
    return delta.sums;
  }

  /** Writes what was added since the last call. */
  settle(): void {
    for (const { keys, sums } of this.#deltas.values()) {
      if (!sums.some((sum) => sum !== 0)) continue;
      this.#add.run(...keys, ...sums);
      if (sums.some((sum) => sum < 0)) this.#drop.run(...keys);
    }
    this.#deltas.clear();
  }

  forget(): void {
    this.#deltas.clear();
  }
}
