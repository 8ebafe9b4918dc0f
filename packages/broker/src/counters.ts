/** Publishers may invent types; what is beyond is counted together. */
const typesMax = 1_000;
const otherTypes = '(other)';

/** What the bus has seen since it started. */
export class Counters {
  /** As it came in, repeats and what could not be written included. */
  received = 0;
  appended = 0;
  duplicates = 0;
  rejected = 0;
  readonly byType = new Map<string, number>();

  /** Events that have become durable, by their types. */
  countAppended(types: readonly string[]): void {
    this.appended += types.length;
    for (const type of types) {
      const count = this.byType.get(type);
      if (count !== undefined) this.byType.set(type, count + 1);
      else if (this.byType.size < typesMax) this.byType.set(type, 1);
      else this.byType.set(otherTypes, (this.byType.get(otherTypes) ?? 0) + 1);
    }
  }
}
