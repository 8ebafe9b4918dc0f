import type { EventRow, TailFrame } from '../../../src/api/index.js';

/** What a live tail shows. */
export interface TailView {
  /** The newest first. */
  rows: readonly EventRow[];
  /** While it is paused: how many have come since. */
  waiting: number;
  /** Passed the filter and are not shown: more than a person could read. */
  passedOver: number;
  /** Were gone before they could be read, or not looked at. */
  missing: number;
}

export const emptyTail: TailView = { rows: [], waiting: 0, passedOver: 0, missing: 0 };

/** As many as stay; a page that is open for a day holds no more than one that was just opened. */
export const rows_max = 200;

/** Takes frames in; while it is paused it keeps the newest for when it goes on. */
export class TailBuffer {
  #view = emptyTail;
  #held: EventRow[] = [];
  #isPaused = false;

  get view(): TailView {
    return this.#view;
  }

  get isPaused(): boolean {
    return this.#isPaused;
  }

  add(frame: TailFrame): void {
    const { waiting, passedOver, missing } = this.#view;
    const gone = frame.gap === null ? 0 : frame.gap.to - frame.gap.from;
    const counts = {
      passedOver: passedOver + frame.passed_over,
      missing: missing + gone + (frame.unread ?? 0),
    };
    const newest = frame.events.toReversed();
    if (this.#isPaused) {
      this.#held = [...newest, ...this.#held].slice(0, rows_max);
      this.#view = { ...this.#view, ...counts, waiting: waiting + frame.events.length + frame.passed_over };
      return;
    }
    const rows = [...newest, ...this.#view.rows].slice(0, rows_max);
    this.#view = { rows, waiting: 0, ...counts };
  }

  pause(): void {
    this.#isPaused = true;
  }

  resume(): void {
    this.#isPaused = false;
    const rows = [...this.#held, ...this.#view.rows].slice(0, rows_max);
    this.#held = [];
    this.#view = { ...this.#view, rows, waiting: 0 };
  }
}
