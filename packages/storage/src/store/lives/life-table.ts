import type { Database, Statement } from 'better-sqlite3';

/** A life in hand: as it is, and as it was in the database; null where it is new. */
export interface Entry<Life> {
  life: Life;
  was: Life | null;
}

interface LifeTableOptions<Life> {
  /** With its schema. */
  table: string;
  /** The column of the id. */
  id: keyof Life & string;
  /** A life of which nothing is known: what a row has where nothing is written. */
  blank: Life;
}

/** Sets of columns that are written together; beyond so many of them the statements are prepared anew. */
const statements_max = 200;

/**
 * Reads and writes the rows of lives. Written are only the columns that differ from what is there: most lives have
 * a few hops, values that are not bound cost nothing, and an index none of whose columns is named is left alone.
 */
export class LifeTable<Life extends { no: number }> {
  readonly #db: Database;
  readonly #o: LifeTableOptions<Life>;
  readonly #columns: ReadonlyArray<keyof Life & string>;
  readonly #find: Statement;
  readonly #inserts = new Map<number, Statement>();
  readonly #updates = new Map<number, Statement>();

  constructor(db: Database, options: LifeTableOptions<Life>) {
    this.#db = db;
    this.#o = options;
    this.#columns = Object.keys(options.blank) as Array<keyof Life & string>;
    this.#find = db.prepare(
      `SELECT ${this.#columns.join(', ')} FROM ${options.table} WHERE ${options.id} = ?`,
    );
  }

  /** The life with this id, or else `made`. */
  take(id: string, make: () => Life): Entry<Life> {
    const found = this.#find.get(id) as Life | undefined;
    return found === undefined ? { life: make(), was: null } : { life: found, was: { ...found } };
  }

  write({ life, was }: Entry<Life>): void {
    const before = was ?? this.#o.blank;
    const values: unknown[] = [];
    let set = 0;
    for (let i = 0; i < this.#columns.length; i++) {
      const column = this.#columns[i]!;
      if (life[column] === before[column]) continue;
      set |= 1 << i;
      values.push(life[column]);
    }
    if (was === null) this.#statement(this.#inserts, set, insertInto).run(...values);
    else if (set !== 0) this.#statement(this.#updates, set, updateOf).run(...values, life.no);
  }

  #statement(
    known: Map<number, Statement>,
    set: number,
    sqlOf: (table: string, columns: readonly string[]) => string,
  ): Statement {
    let statement = known.get(set);
    if (statement === undefined) {
      if (known.size >= statements_max) known.clear();
      const columns = this.#columns.filter((_, i) => (set & (1 << i)) !== 0);
      statement = this.#db.prepare(sqlOf(this.#o.table, columns));
      known.set(set, statement);
    }
    return statement;
  }
}

function insertInto(table: string, columns: readonly string[]): string {
  return `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`;
}

function updateOf(table: string, columns: readonly string[]): string {
  return `UPDATE ${table} SET ${columns.map((column) => `${column} = ?`).join(', ')} WHERE no = ?`;
}
