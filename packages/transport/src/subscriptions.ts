/** Answers kept; topics are few (one an event type), but a publisher may invent them. */
const answers_max = 1000;
/** Prefixes kept; from then on everything is taken to be wanted, which costs time and no memory. */
const prefixes_max = 10_000;

/** The topic prefixes that somebody subscribes to. */
export class Subscriptions {
  readonly #prefixes = new Set<string>();
  /** What `match` has answered since the prefixes last changed. */
  readonly #answers = new Map<string, boolean>();
  #isFull = false;

  get empty(): boolean {
    return this.#prefixes.size === 0 && !this.#isFull;
  }

  add(prefix: string): void {
    if (this.#prefixes.size >= prefixes_max) this.#isFull = true;
    else this.#prefixes.add(prefix);
    this.#answers.clear();
  }

  remove(prefix: string): void {
    this.#prefixes.delete(prefix);
    this.#answers.clear();
  }

  /** Whether a topic begins with any of the prefixes. */
  match(topic: string): boolean {
    if (this.#isFull) return true;
    if (this.#prefixes.size === 0) return false;
    const known = this.#answers.get(topic);
    if (known !== undefined) return known;
    const answer = [...this.#prefixes].some((prefix) => topic.startsWith(prefix));
    if (this.#answers.size >= answers_max) this.#answers.clear();
    this.#answers.set(topic, answer);
    return answer;
  }
}
