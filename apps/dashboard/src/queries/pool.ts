import { Worker } from 'node:worker_threads';
import { BittenError } from '@bitten/schema';
import type { QueryFailure, QueryReply, QueryRequest } from './protocol.js';
import type { Queries } from './queries.js';

export interface QueryPoolOptions {
  /** The store's file. */
  file: string;
  /** What a worker runs: the built `queries/worker.js`. */
  script: URL;
  /** Default 2. */
  workers?: number;
  /** How long one query may take, milliseconds; default 10,000. */
  deadline_ms?: number;
  /** How many may wait for a worker; default 100. */
  waiting_max?: number;
}

/** What the pool has done since the start. */
export interface PoolFacts {
  asked: number;
  overdue: number;
  /** Now. */
  waiting: number;
}

type Argument<Name extends keyof Queries> =
  Parameters<Queries[Name]> extends [unknown, infer Given] ? [argument: Given] : [];

interface Waiting {
  request: QueryRequest;
  resolve: (value: unknown) => void;
  reject: (error: Error) => void;
}

interface Seat {
  worker: Worker;
  busy: Waiting | null;
  timer: NodeJS.Timeout | undefined;
}

/** A query took longer than it may. */
class QueryDeadlineError extends BittenError {
  constructor(name: string, deadline_ms: number) {
    super('query_deadline', `the store did not answer ${name} within ${deadline_ms / 1000} s`, {
      found: `more than ${deadline_ms / 1000} s`,
      expected: 'an answer',
      remedy:
        'ask for a shorter time or by a field that has an index; or try again when the machine has less to do',
    });
  }
}

/** Too many queries wait already. */
class QueriesBusyError extends BittenError {
  constructor(waiting: number) {
    super('queries_busy', `${waiting} queries wait already`, {
      found: `${waiting} waiting`,
      remedy: 'close pages that are not needed, and try again',
    });
  }
}

/** What the store said no with, in a worker. */
class QueryError extends BittenError {}

/**
 * Asks the store from threads of its own, each with a read-only connection: the writer is another process and waits
 * for none of them, and the stream of this one goes on while a query is at work.
 *
 * **Failure.** A query that takes too long is ended with its thread, and the next one gets a new thread. Rejects with
 * `QueryDeadlineError`, `QueriesBusyError`, and with the codes of the store's own errors.
 */
export class QueryPool {
  readonly #o: Required<QueryPoolOptions>;
  readonly #seats: Seat[];
  readonly #waiting: Waiting[] = [];
  #lastId = 0;
  #overdueCount = 0;
  #isClosed = false;

  constructor(options: QueryPoolOptions) {
    this.#o = { workers: 2, deadline_ms: 10_000, waiting_max: 100, ...options };
    this.#seats = Array.from({ length: this.#o.workers }, () => this.#newSeat());
  }

  ask<Name extends keyof Queries>(
    name: Name,
    ...[argument]: Argument<Name>
  ): Promise<ReturnType<Queries[Name]>> {
    if (this.#waiting.length >= this.#o.waiting_max) {
      return Promise.reject(new QueriesBusyError(this.#waiting.length));
    }
    this.#lastId += 1;
    const request = { id: this.#lastId, name, argument };
    return new Promise((resolve, reject) => {
      this.#waiting.push({ request, resolve: resolve as (value: unknown) => void, reject });
      this.#next();
    });
  }

  facts(): PoolFacts {
    return { asked: this.#lastId, overdue: this.#overdueCount, waiting: this.#waiting.length };
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    for (const { reject } of this.#waiting.splice(0))
      reject(new QueryError('closed', 'the dashboard is stopping'));
    await Promise.all(
      this.#seats.map(async ({ worker, busy, timer }) => {
        clearTimeout(timer);
        await worker.terminate();
        busy?.reject(new QueryError('closed', 'the dashboard is stopping'));
      }),
    );
  }

  #next(): void {
    for (const seat of this.#seats) {
      if (seat.busy !== null) continue;
      const waiting = this.#waiting.shift();
      if (waiting === undefined) return;
      seat.busy = waiting;
      seat.timer = setTimeout(() => this.#overdue(seat), this.#o.deadline_ms);
      seat.worker.postMessage(waiting.request);
    }
  }

  #newSeat(): Seat {
    const worker = new Worker(this.#o.script, {
      workerData: { file: this.#o.file },
    });
    const seat: Seat = { worker, busy: null, timer: undefined };
    worker.on('message', (reply: QueryReply) => this.#answered(seat, reply));
    // A worker that dies (out of memory, a bug) takes its query with it, and no other.
    worker.on('error', (error) => this.#replace(seat, error));
    worker.unref();
    return seat;
  }

  #answered(seat: Seat, reply: QueryReply): void {
    const { busy } = seat;
    if (busy === null || busy.request.id !== reply.id) return;
    this.#free(seat);
    if (reply.ok) busy.resolve(reply.value);
    else busy.reject(errorOf(reply.error));
    this.#next();
  }

  #overdue(seat: Seat): void {
    this.#overdueCount += 1;
    this.#replace(seat, new QueryDeadlineError(seat.busy?.request.name ?? 'a query', this.#o.deadline_ms));
  }

  #replace(seat: Seat, error: Error): void {
    const { busy, worker } = seat;
    this.#free(seat);
    worker.removeAllListeners();
    // It may fail once more while it ends; nobody waits for it.
    worker.on('error', () => {});
    void worker.terminate();
    busy?.reject(error);
    if (this.#isClosed) return;
    this.#seats[this.#seats.indexOf(seat)] = this.#newSeat();
    this.#next();
  }

  #free(seat: Seat): void {
    clearTimeout(seat.timer);
    seat.busy = null;
  }
}

function errorOf({ code, message, found, expected, remedy }: QueryFailure): Error {
  if (code === null) return new Error(message);
  return new QueryError(code, message, {
    ...(found === undefined ? {} : { found }),
    ...(expected === undefined ? {} : { expected }),
    ...(remedy === undefined ? {} : { remedy }),
  });
}
