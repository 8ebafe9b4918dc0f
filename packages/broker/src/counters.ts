import type { Issue, IssueCode } from '@bitten/schema';
import type { DeadLetter } from '@bitten/storage/store';

/** Publishers may invent types; what is beyond is counted together. */
const typesMax = 1_000;
const otherTypes = '(other)';

/** Events that went to the dead letters, by the door they came to and what was wrong with them first. */
export interface Rejections {
  door: DeadLetter['door'];
  code: IssueCode;
  count: number;
}

/** What the bus has seen since it started. */
export class Counters {
  /** As it came in, repeats and what could not be written included. */
  received = 0;
  appended = 0;
  duplicates = 0;
  rejected = 0;
  /** How many earlier values the appended ones stand for, by their publishers' word. */
  conflated = 0;
  readonly byType = new Map<string, number>();
  readonly #rejections = new Map<string, Rejections>();

  get rejections(): Rejections[] {
    return [...this.#rejections.values()];
  }

  /** An event that is in the dead letters now. */
  countRejected(door: DeadLetter['door'], issues: readonly Issue[]): void {
    this.rejected += 1;
    const code = issues[0]?.code ?? 'format';
    const key = `${door} ${code}`;
    const known = this.#rejections.get(key);
    if (known !== undefined) known.count += 1;
    else this.#rejections.set(key, { door, code, count: 1 });
  }

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
