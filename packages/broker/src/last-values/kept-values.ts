/** The newest event of one key. Never changed: who holds one has what was the last value at that moment. */
export interface LastValue {
  readonly seq: number;
  /** Unix seconds. */
  readonly appendedAt: number;
  /** The publisher's own JSON, on one line. */
  readonly text: string;
}

/** The values of one type by their keys. */
export interface ValuesOfType {
  /** The fields of its key. */
  readonly fields: readonly string[];
  readonly kept: Map<string, LastValue>;
  /** Of events that are not durable yet. */
  readonly staged: Map<string, LastValue>;
}

export interface KeptStats {
  keys: number;
  bytes: number;
  /** Keys that were dropped for want of room, and values too large to be kept. */
  forgotten: number;
}

export const keptBounds = {
  keys_of_type_max: 10_000,
  bytes_max: 16 * 1024 * 1024,
  value_bytes_max: 64 * 1024,
} as const;

/** What a value takes beside the characters of its text. */
const overheadBytes = 200;

/**
 * The last value of each key, for the types that have one; bounded in keys and bytes, where the oldest values go
 * first.
 */
export class KeptValues {
  readonly #types: ReadonlyMap<string, ValuesOfType>;
  #stats: KeptStats = { keys: 0, bytes: 0, forgotten: 0 };

  /** Takes the fields of each type's key. */
  constructor(types: Iterable<readonly [type: string, fields: readonly string[]]>) {
    this.#types = new Map(
      [...types].map(([type, fields]) => [type, { fields, kept: new Map(), staged: new Map() }]),
    );
  }

  get types(): string[] {
    return [...this.#types.keys()];
  }

  /** As of the last time it was settled. */
  get stats(): KeptStats {
    return this.#stats;
  }

  /** Undefined for a type without a key. */
  of(type: string): ValuesOfType | undefined {
    return this.#types.get(type);
  }

  /**
   * Keeps a value, unless a newer one of its key is there. Its text is copied: cut out of a batch, it would hold all
   * of the batch in memory, which costs more than the copy.
   */
  put({ kept }: ValuesOfType, key: string, value: LastValue): void {
    const known = kept.get(key);
    if (known === undefined || known.seq < value.seq) kept.set(key, { ...value, text: copied(value.text) });
  }

  /** What is staged has become durable. Returns whether there was anything. */
  commit(): boolean {
    let isChanged = false;
    for (const values of this.#types.values()) {
      if (values.staged.size === 0) continue;
      isChanged = true;
      for (const [key, value] of values.staged) this.put(values, key, value);
      values.staged.clear();
    }
    return isChanged;
  }

  /** What is staged will not be. */
  rollback(): void {
    for (const { staged } of this.#types.values()) staged.clear();
  }

  /** Drops what is older than a place: nobody knows whether it is still the last value. */
  forgetBefore(seq: number): void {
    for (const { kept } of this.#types.values()) {
      for (const [key, value] of kept) if (value.seq < seq) kept.delete(key);
    }
  }

  /** Brings it within its bounds, now and then. */
  settle(): void {
    const { keys_of_type_max, bytes_max, value_bytes_max } = keptBounds;
    const stats = { keys: 0, bytes: 0, forgotten: this.#stats.forgotten };
    for (const { kept } of this.#types.values()) {
      for (const [key, value] of kept) {
        if (value.text.length > value_bytes_max) {
          // Not the value before it either, which is no longer the last.
          kept.delete(key);
          stats.forgotten += 1;
          continue;
        }
        stats.bytes += value.text.length + overheadBytes;
      }
      stats.bytes -= forgetOldest(kept, kept.size - keys_of_type_max, stats);
      stats.keys += kept.size;
    }
    this.#stats = stats;
    if (stats.bytes > bytes_max) this.#forgetToFit(bytes_max);
  }

  /** Drops the oldest of all types, somewhat more than needed, so that it is not done anew with each event. */
  #forgetToFit(bytesMax: number): void {
    const all = [...this.#types.values()].flatMap(({ kept }) =>
      [...kept].map(([key, value]) => ({ kept, key, value })),
    );
    all.sort((a, b) => a.value.seq - b.value.seq);
    for (const { kept, key, value } of all) {
      if (this.#stats.bytes <= bytesMax * 0.9) return;
      kept.delete(key);
      this.#stats.bytes -= value.text.length + overheadBytes;
      this.#stats.keys -= 1;
      this.#stats.forgotten += 1;
    }
  }
}

/** Drops so many of the oldest; returns how many bytes that frees. */
function forgetOldest(values: Map<string, LastValue>, count: number, stats: KeptStats): number {
  if (count <= 0) return 0;
  const oldest = [...values].sort(([, a], [, b]) => a.seq - b.seq).slice(0, count);
  let bytes = 0;
  for (const [key, { text }] of oldest) {
    values.delete(key);
    bytes += text.length + overheadBytes;
  }
  stats.forgotten += oldest.length;
  return bytes;
}

/** The same characters in a string of their own. */
function copied(text: string): string {
  return Buffer.from(text).toString();
}
