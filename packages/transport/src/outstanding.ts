import { DeadlineError } from './errors.js';
import type { ReplyHeader } from './replies.js';

/** A request whose reply has not come. */
export interface Outstanding {
  op: string;
  timeout_ms: number;
  /** On the clock given to `OutstandingRequests`, in milliseconds. */
  deadline: number;
  settle: (reply: ReplyHeader) => void;
  reject: (error: unknown) => void;
}

/** Sweeps are at least so far apart, so that many deadlines share one. */
const sweep_ms_min = 20;

/** A timer that can be told to forget; the real one is `setTimeout`. */
export type StartTimer = (callback: () => void, delay_ms: number) => { stop(): void };

/**
 * The requests of a client that have no reply yet. One timer serves all deadlines: it is set for the earliest,
 * and a reply does not touch it.
 */
export class OutstandingRequests {
  readonly #requests = new Map<number, Outstanding>();
  readonly #now: () => number;
  readonly #startTimer: StartTimer;
  #timer: { stop(): void } | undefined;
  #sweepAt = Number.POSITIVE_INFINITY;

  constructor(options: { now: () => number; startTimer: StartTimer }) {
    this.#now = options.now;
    this.#startTimer = options.startTimer;
  }

  get size(): number {
    return this.#requests.size;
  }

  add(id: number, request: Outstanding): void {
    this.#requests.set(id, request);
    this.#sweepBy(request.deadline);
  }

  /** Removes and returns a request; undefined where there is none, as after its deadline. */
  take(id: number): Outstanding | undefined {
    const request = this.#requests.get(id);
    if (request !== undefined) this.#requests.delete(id);
    return request;
  }

  /** Rejects everything, oldest first, and stops the timer. */
  rejectAll(makeError: () => Error): void {
    const requests = [...this.#requests.values()];
    this.#requests.clear();
    this.#stop();
    for (const request of requests) request.reject(makeError());
  }

  /** Never later than a sweep that is already due: short deadlines, one after the other, must not put it off. */
  #sweepBy(deadline: number): void {
    if (deadline >= this.#sweepAt) return;
    const now = this.#now();
    const delay_ms = Math.max(deadline - now, sweep_ms_min);
    if (now + delay_ms >= this.#sweepAt) return;
    this.#stop();
    this.#sweepAt = now + delay_ms;
    this.#timer = this.#startTimer(() => this.#sweep(), delay_ms);
  }

  #sweep(): void {
    this.#stop();
    const now = this.#now();
    let earliest = Number.POSITIVE_INFINITY;
    for (const [id, request] of this.#requests) {
      if (request.deadline <= now) {
        this.#requests.delete(id);
        request.reject(new DeadlineError(request.op, request.timeout_ms));
      } else if (request.deadline < earliest) {
        earliest = request.deadline;
      }
    }
    if (earliest !== Number.POSITIVE_INFINITY) this.#sweepBy(earliest);
  }

  #stop(): void {
    this.#timer?.stop();
    this.#timer = undefined;
    this.#sweepAt = Number.POSITIVE_INFINITY;
  }
}
