import type { Position } from './read-records.js';
import type { Segment } from './segment-file.js';

const hintsMax = 256;

/** Remembers where readers have stopped and commits have begun: who reads on does not have to search. */
export class PositionHints {
  readonly #hints = new Map<number, { segment: Segment; position: Position }>();

  note(segment: Segment, position: Position): void {
    this.#hints.delete(position.seq);
    this.#hints.set(position.seq, { segment, position });
    if (this.#hints.size <= hintsMax) return;
    for (const oldest of this.#hints.keys()) {
      this.#hints.delete(oldest);
      return;
    }
  }

  /** Undefined where nothing is known; the end of one segment is not the beginning of the next. */
  find(segment: Segment, seq: number): Position | undefined {
    const hint = this.#hints.get(seq);
    return hint?.segment === segment ? hint.position : undefined;
  }
}
