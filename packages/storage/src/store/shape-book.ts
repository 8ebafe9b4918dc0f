import type { Database, Statement } from 'better-sqlite3';
import { learnFragments, type RowWords, type Shape, shorten } from './shorthand.js';
import { keyTokens } from './shorthand-sql.js';

/** Publishers write a type in a few ways: with and without an optional field, with and without spaces. */
const shapesPerType_max = 8;
/** In all, so that a flood of types cannot fill the table or the memory. */
const shapes_max = 500;

/**
 * The shapes of `data` met so far. They are kept in the database, since the rows written with them cannot be
 * read without; a shape is never changed or removed.
 */
export class ShapeBook {
  /** The shape of the text that `shorten` returned last; null where the text stays as it is. */
  lastId: number | null = null;
  readonly #byType = new Map<number, Shape[]>();
  readonly #all: Statement;
  readonly #add: Statement;
  #count = 0;

  constructor(db: Database) {
    const columns = ['type_id', ...keyTokens.map((_, i) => `k${i}`)];
    this.#all = db.prepare(`SELECT shape_id, ${columns.join(', ')} FROM shapes ORDER BY shape_id`).raw();
    const places = columns.map(() => '?').join(', ');
    this.#add = db.prepare(`INSERT INTO shapes (${columns.join(', ')}) VALUES (${places})`);
    this.reload();
  }

  /** Reads the shapes again: after a transaction was undone, those learned within it are void. */
  reload(): void {
    this.#byType.clear();
    this.#count = 0;
    for (const [id, typeId, ...fragments] of this.#all.all() as Array<[number, number, ...string[]]>) {
      this.#remember(typeId, { id, fragments: fragments.filter((fragment) => fragment !== '') });
    }
  }

  /** The text in the shorthand of one of its type's shapes, which is `lastId`; a new shape is learned. */
  shorten(typeId: number, data: string, words: RowWords): string {
    const shapes = this.#byType.get(typeId);
    if (shapes !== undefined) {
      for (let i = 0; i < shapes.length; i++) {
        const short = shorten(data, shapes[i]!.fragments, words);
        if (short === null) continue;
        this.lastId = shapes[i]!.id;
        return short;
      }
    }
    const learned = this.#learn(typeId, data, shapes?.length ?? 0);
    this.lastId = learned?.id ?? null;
    return learned === null ? data : (shorten(data, learned.fragments, words) ?? data);
  }

  #learn(typeId: number, data: string, known: number): Shape | null {
    if (known >= shapesPerType_max || this.#count >= shapes_max) return null;
    const fragments = learnFragments(data);
    if (fragments.length === 0) return null;
    const row = keyTokens.map((_, i) => fragments[i] ?? '');
    const id = Number(this.#add.run(typeId, ...row).lastInsertRowid);
    return this.#remember(typeId, { id, fragments });
  }

  #remember(typeId: number, shape: Shape): Shape {
    const shapes = this.#byType.get(typeId);
    if (shapes === undefined) this.#byType.set(typeId, [shape]);
    else shapes.push(shape);
    this.#count++;
    return shape;
  }
}
