import { limits } from '@bitten/schema';
import { ConflatedError, type Settler } from './receipt.js';

/** The newest value of a key, which waits for room. */
export interface Held {
  /** Rises with the keys in the order they began to wait. */
  id: number;
  key: string;
  text: string;
  bytes: number;
  settler: Settler | null;
  /** How many earlier values it stands for. */
  conflated: number;
}

/** What an event is worth in the count: itself, and what it stood for when it came. */
export type Newcomer = Pick<Held, 'key' | 'text' | 'settler' | 'conflated'>;

/** How much longer a text gets by `,"conflated":N`, at most. */
const markBytes = 32;

/**
 * The newest value of each key, of events for which there is no room while what they replace is not worth keeping.
 *
 * **Ordering.** Keys leave in the order they began to wait, each with its newest value.
 *
 * **Failure.** Nothing here has a number or is on any disk: the death of the process loses it. It is bounded in
 * bytes; a new key beyond that is not taken.
 */
export class HeldValues {
  readonly #bytesMax: number;
  readonly #byKey = new Map<string, Held>();
  #bytes = 0;
  #lastId = 0;
  #superseded = 0;
  /** One for all: making an error, with its stack, costs more than publishing. */
  #error: ConflatedError | undefined;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  get size(): number {
    return this.#byKey.size;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** How many events were replaced by newer ones of their key. */
  get superseded(): number {
    return this.#superseded;
  }

  /** The id of the last key that began to wait. */
  get lastId(): number {
    return this.#lastId;
  }

  /** The one that leaves next. */
  get first(): Held | undefined {
    for (const held of this.#byKey.values()) return held;
    return undefined;
  }

  has(key: string): boolean {
    return this.#byKey.has(key);
  }

  /** Holds a value, in the place of the one before; false where there is no room for it. */
  put({ key, text, settler, conflated }: Newcomer): boolean {
    const old = this.#byKey.get(key);
    const bytes = Buffer.byteLength(text) + 1 + markBytes;
    if (this.#bytes - (old?.bytes ?? 0) + bytes > this.#bytesMax || bytes > limits.event_bytes_max)
      return false;
    if (old === undefined) this.#lastId += 1;
    this.#bytes += bytes - (old?.bytes ?? 0);
    const total = old === undefined ? conflated : conflated + old.conflated + 1;
    // Setting a key that is there leaves it in its place.
    this.#byKey.set(key, { id: old?.id ?? this.#lastId, key, text, bytes, settler, conflated: total });
    if (old !== undefined) this.#supersede(old);
    return true;
  }

  /** Takes the first out; its text says what it stands for. */
  shift(): Held | undefined {
    const held = this.first;
    if (held === undefined) return undefined;
    this.#byKey.delete(held.key);
    this.#bytes -= held.bytes;
    return held.conflated === 0 ? held : { ...held, text: marked(held) };
  }

  #supersede({ settler }: Held): void {
    this.#superseded += 1;
    this.#error ??= new ConflatedError();
    settler?.reject(this.#error);
  }
}

/** Before the closing brace; of a name that stands twice, the last counts. */
function marked({ text, conflated }: Held): string {
  return `${text.slice(0, text.lastIndexOf('}'))},"conflated":${conflated}}`;
}
