interface Entry<T> {
  at: number;
  order: number;
  item: T;
}

/** What is to happen later, taken out in the order of its time; at the same time, in the order it was put in. */
export class Schedule<T> {
  readonly #heap: Array<Entry<T>> = [];
  #count = 0;

  get size(): number {
    return this.#heap.length;
  }

  put(at: number, item: T): void {
    this.#count += 1;
    const heap = this.#heap;
    heap.push({ at, order: this.#count, item });
    let child = heap.length - 1;
    while (child > 0) {
      const parent = (child - 1) >> 1;
      if (isBefore(heap[parent]!, heap[child]!)) break;
      this.#swap(parent, child);
      child = parent;
    }
  }

  /** The first item that is due at a time; undefined where none is. */
  take(now: number): T | undefined {
    const heap = this.#heap;
    const first = heap[0];
    if (first === undefined || first.at > now) return undefined;
    const last = heap.pop()!;
    if (heap.length > 0) {
      heap[0] = last;
      this.#sink();
    }
    return first.item;
  }

  #sink(): void {
    const heap = this.#heap;
    for (let parent = 0; ; ) {
      let least = parent;
      for (const child of [2 * parent + 1, 2 * parent + 2]) {
        if (child < heap.length && isBefore(heap[child]!, heap[least]!)) least = child;
      }
      if (least === parent) return;
      this.#swap(parent, least);
      parent = least;
    }
  }

  #swap(one: number, other: number): void {
    const heap = this.#heap;
    [heap[one], heap[other]] = [heap[other]!, heap[one]!];
  }
}

function isBefore(one: Entry<unknown>, other: Entry<unknown>): boolean {
  return one.at < other.at || (one.at === other.at && one.order < other.order);
}
