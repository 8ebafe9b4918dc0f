/** So many keys of one rule are remembered; the one that was heard of longest ago is forgotten first. */
const keys_max = 10_000;

/** What a rule remembers of each key, in bounded memory, in the order the keys were last heard of. */
export class Keyed<State> {
  readonly #states = new Map<string, State>();

  get(key: string): State | undefined {
    return this.#states.get(key);
  }

  /** Makes it the key heard of last. */
  set(key: string, state: State): void {
    this.#states.delete(key);
    this.#states.set(key, state);
    if (this.#states.size <= keys_max) return;
    const [oldest] = this.#states.keys();
    this.#states.delete(oldest!);
  }

  delete(key: string): void {
    this.#states.delete(key);
  }

  entries(): IterableIterator<[string, State]> {
    return this.#states.entries();
  }

  /** As JSON can carry it. */
  save(): Array<[string, State]> {
    return [...this.#states];
  }

  load(saved: unknown): void {
    this.#states.clear();
    for (const [key, state] of saved as Array<[string, State]>) this.#states.set(key, state);
  }
}
