/** Answers kept; topics are few (one an event type), but a publisher may invent them. */
const answers_max = 1000;

/** The topic prefixes that somebody subscribes to. */
export class Subscriptions {
  readonly #prefixes = new Set<string>();
  /** What `match` has answered since the prefixes last changed. */
  readonly #answers = new Map<string, boolean>();

  get empty(): boolean {
    return this.#prefixes.size === 0;
  }

  add(prefix: string): void {
    this.#prefixes.add(prefix);
    this.#answers.clear();
  }

  remove(prefix: string): void {
    this.#prefixes.delete(prefix);
    this.#answers.clear();
  }

  /** Whether a topic begins with any of the prefixes. */
  match(topic: string): boolean {
    if (this.#prefixes.size === 0) return false;
    const known = this.#answers.get(topic);
    if (known !== undefined) return known;
    const answer = [...this.#prefixes].some((prefix) => topic.startsWith(prefix));
    if (this.#answers.size >= answers_max) this.#answers.clear();
    this.#answers.set(topic, answer);
    return answer;
  }
}
