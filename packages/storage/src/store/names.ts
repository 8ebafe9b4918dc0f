import type { Database, Statement } from 'better-sqlite3';

/** More names than this are looked up in the database: a flood of names must not fill the memory. */
const remembered_max = 20_000;

export interface NameTableOptions {
  table: 'sources' | 'symbols' | 'event_types' | `${'main' | 'temp'}.pattern_rows`;
  key: 'source_id' | 'symbol_id' | 'type_id' | 'pattern_id';
}

/** Small integers for words that repeat in every row. The database has the truth, the map is a memory of it. */
export class NameTable {
  readonly #ids = new Map<string, number>();
  readonly #find: Statement;
  readonly #add: Statement;

  constructor(db: Database, { table, key }: NameTableOptions) {
    this.#find = db.prepare(`SELECT ${key} FROM ${table} WHERE name = ?`).pluck();
    this.#add = db.prepare(`INSERT INTO ${table} (name) VALUES (?) ON CONFLICT (name) DO NOTHING`);
  }

  /** The name's id, given to it now where it has none. */
  id(name: string): number {
    return this.#ids.get(name) ?? this.#resolve(name);
  }

  /** After a transaction was undone, ids given within it are void. */
  forget(): void {
    this.#ids.clear();
  }

  #resolve(name: string): number {
    let id = this.#find.get(name) as number | undefined;
    if (id === undefined) {
      this.#add.run(name);
      id = this.#find.get(name) as number;
    }
    if (this.#ids.size >= remembered_max) this.#ids.clear();
    this.#ids.set(name, id);
    return id;
  }
}
