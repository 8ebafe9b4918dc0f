import { BittenError, GapError, limits } from '@bitten/schema';
import { BeyondEndError, CorruptLogError, type Log } from '@bitten/storage/log';
import type { BusStats, FetchRequest, LogName, Position, Reply, Request, WireError } from '@bitten/transport';
import { type Cursor, type Cursors, UnknownCursorError } from './cursors.js';
import type { Ingest, Outcome } from './ingest.js';
import type { Readers } from './readers.js';

interface ServiceOptions {
  events: Log;
  deadLetters: Log;
  cursors: Cursors;
  ingest: Ingest;
  readers: Readers;
  /** The highest producer sequence handled; 0 for an unknown producer. */
  lastOf: (producer: string) => number;
  stats: () => Omit<BusStats, 'cursors' | 'log' | 'dead_letters'>;
  /** Name and version, for `hello`. */
  server: string;
  onError: (error: unknown) => void;
}

type Respond = (reply: Reply) => void;

/** Answers each operation of docs/PROTOCOL.md. What goes wrong becomes an error reply, never an exception. */
export class Service {
  readonly #o: ServiceOptions;

  constructor(options: ServiceOptions) {
    this.#o = options;
  }

  handle(request: Request, respond: Respond): void {
    try {
      this.#dispatch(request, respond);
    } catch (error) {
      this.#fail(error, respond);
    }
  }

  #dispatch(request: Request, respond: Respond): void {
    const { cursors, events } = this.#o;
    switch (request.op) {
      case 'publish':
        return this.#o.ingest.publish(request, (outcome) => respond(publishReply(outcome, request.count)));
      case 'fetch':
        return this.#fetch(request, respond);
      case 'ping':
        return respond({ op: 'ping' });
      case 'hello':
        return respond({
          op: 'hello',
          server: this.#o.server,
          log_id: events.id,
          first: events.firstSeq,
          next: events.nextSeq,
          limits: { ...limits },
        });
      case 'producer':
        return respond({ op: 'producer', last: this.#o.lastOf(request.producer) });
      case 'cursor_open': {
        const { name, log, hold } = request;
        const existing = cursors.get(name);
        const next = existing?.next ?? this.#resolve(request.from, this.#log(log));
        return respond({ op: 'cursor_open', ...place(cursors.open({ name, log, hold, next })) });
      }
      case 'cursor_commit':
        return respond({ op: 'cursor_commit', ...place(cursors.commit(request.name, request.next)) });
      case 'cursor_list':
        return respond({ op: 'cursor_list', cursors: this.#cursorInfos() });
      case 'cursor_reset': {
        const { name, to } = request;
        const log = this.#log(cursors.get(name)?.log ?? 'events');
        return respond({ op: 'cursor_reset', ...place(cursors.reset(name, this.#resolve(to, log))) });
      }
      case 'cursor_delete':
        cursors.delete(request.name);
        return respond({ op: 'cursor_delete' });
      case 'stats':
        return respond({ op: 'stats', stats: this.#stats() });
    }
  }

  #fetch(request: FetchRequest, respond: Respond): void {
    const log = this.#log(request.log);
    const { filter, wait_ms, linger_ms } = request;
    const from = this.#resolve(request.from, log);
    this.#o.readers.read(
      { log, from, filter, maxBytes: request.max_bytes, wait_ms, linger_ms },
      (error, page) => {
        if (page === null) this.#fail(error, respond);
        else respond({ op: 'fetch', ...page });
      },
    );
  }

  #log(name: LogName): Log {
    return name === 'events' ? this.#o.events : this.#o.deadLetters;
  }

  #resolve(position: Position, log: Log): number {
    if (position === 'start') return log.firstSeq;
    if (position === 'end') return log.nextSeq;
    return typeof position === 'number' ? position : log.seqAtTime(position.time);
  }

  #cursorInfos(): BusStats['cursors'] {
    return this.#o.cursors.list().map((cursor) => ({
      ...cursor,
      lag: Math.max(0, this.#log(cursor.log).nextSeq - cursor.next),
    }));
  }

  #stats(): BusStats {
    const { events, deadLetters } = this.#o;
    const { bytes, segments, lastAppendedAt } = events.stats();
    return {
      ...this.#o.stats(),
      log: { first: events.firstSeq, next: events.nextSeq, bytes, segments, last_append_at: lastAppendedAt },
      dead_letters: { first: deadLetters.firstSeq, next: deadLetters.nextSeq },
      cursors: this.#cursorInfos(),
    };
  }

  #fail(error: unknown, respond: Respond): void {
    const wire = wireError(error);
    // Only a reader's own mistakes are expected here; the rest is somebody's to look at.
    if (wire.code === 'internal' || wire.code === 'corrupt') this.#o.onError(error);
    respond({ op: 'error', error: wire });
  }
}

function place(cursor: Cursor): { name: string; next: number } {
  return { name: cursor.name, next: cursor.next };
}

function publishReply(outcome: Outcome, count: number): Reply {
  switch (outcome.kind) {
    case 'appended':
      return {
        op: 'publish',
        level: 'fsynced',
        seqs: outcome.placements.map(({ producerSeq, seq, count }) => [producerSeq, seq, count]),
        rejected: outcome.rejected,
      };
    case 'out_of_sequence':
      return failure({
        code: 'out_of_sequence',
        message: 'an earlier batch of this producer is missing',
        expected: outcome.expected,
        remedy: 'send again from the oldest unacknowledged event',
      });
    case 'miscounted':
      return failure({
        code: 'bad_request',
        message: 'the body does not hold as many events as the header says',
        found: `${outcome.found} lines`,
        expected: `${count} lines`,
        remedy: 'separate events by one \\n, with none inside an event and none after the last',
      });
    case 'unavailable':
      return failure({
        code: 'unavailable',
        ...describe(outcome.cause),
        why: describe(outcome.cause).message,
      });
  }
}

function failure(error: WireError): Reply {
  return { op: 'error', error };
}

function wireError(error: unknown): WireError {
  const facts = describe(error);
  if (error instanceof GapError) {
    return { code: 'gap', ...facts, gap: { from: error.from, to: error.to, why: error.why } };
  }
  if (error instanceof BeyondEndError) return { code: 'beyond_end', ...facts, end: error.end };
  if (error instanceof CorruptLogError) {
    return { code: 'corrupt', ...facts, place: { file: error.file, offset: error.offset, seq: error.seq } };
  }
  if (error instanceof UnknownCursorError) return { code: error.code, ...facts };
  return { code: 'internal', ...facts };
}

function describe(error: unknown): { message: string; found?: string; expected?: string; remedy?: string } {
  if (!(error instanceof BittenError))
    return { message: error instanceof Error ? error.message : String(error) };
  const { message, found, expected, remedy } = error;
  return {
    message,
    ...(found === undefined ? {} : { found }),
    ...(expected === undefined ? {} : { expected }),
    ...(remedy === undefined ? {} : { remedy }),
  };
}
