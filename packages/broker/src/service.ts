import { limits } from '@bitten/schema';
import { BeyondEndError, type Log } from '@bitten/storage/log';
import type {
  BusStats,
  FetchRequest,
  LastValuesRequest,
  LogName,
  Position,
  ReplayRequest,
  Reply,
  Request,
} from '@bitten/transport';
import type { Cursor } from './cursor-file.js';
import type { Cursors } from './cursors.js';
import type { Ingest } from './ingest.js';
import type { LastValues } from './last-values/last-values.js';
import type { Readers } from './readers.js';
import type { Replayer } from './replayer.js';
import { failure, publishReply, stoppingReply, wireError } from './replies.js';

interface ServiceOptions {
  events: Log;
  deadLetters: Log;
  cursors: Cursors;
  ingest: Ingest;
  readers: Readers;
  replayer: Replayer;
  lastValues: LastValues;
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
  #closed = false;

  constructor(options: ServiceOptions) {
    this.#o = options;
  }

  handle(request: Request, respond: Respond): void {
    if (this.#closed) return respond(stoppingReply());
    try {
      this.#dispatch(request, respond);
    } catch (error) {
      this.#fail(error, respond);
    }
  }

  /** From now on everybody is told that the bus is stopping: what comes now would be in no log. */
  close(): void {
    this.#closed = true;
  }

  #dispatch(request: Request, respond: Respond): void {
    const { cursors, events } = this.#o;
    switch (request.op) {
      case 'publish':
        return this.#o.ingest.publish(request, (outcome) => respond(publishReply(outcome, request.count)));
      case 'fetch':
        return this.#fetch(request, respond);
      case 'replay':
        return this.#replay(request, respond);
      case 'last_values':
        return this.#lastValues(request, respond);
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
        const known = cursors.get(name);
        const next = known?.next ?? this.#placeWithin(request.from, this.#log(log));
        const cursor = cursors.open({ name, log, hold, next });
        const reply = { op: 'cursor_open', ...place(cursor) } as const;
        if (cursor === known) return respond(reply);
        // Retention must be held back also by a bus that comes up after a crash right now.
        void cursors.saved().then(() => respond(reply));
        return;
      }
      case 'cursor_commit': {
        const next = this.#placeWithin(request.next, this.#log(cursors.mustGet(request.name).log));
        return respond({ op: 'cursor_commit', ...place(cursors.commit(request.name, next)) });
      }
      case 'cursor_list':
        return respond({ op: 'cursor_list', cursors: this.#cursorInfos() });
      case 'cursor_reset': {
        const next = this.#placeWithin(request.to, this.#log(cursors.mustGet(request.name).log));
        return respond({ op: 'cursor_reset', ...place(cursors.reset(request.name, next)) });
      }
      case 'cursor_delete':
        cursors.delete(request.name);
        return respond({ op: 'cursor_delete' });
      case 'stats':
        return respond({ op: 'stats', stats: this.stats() });
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

  #lastValues({ types, filter, after, max_bytes: maxBytes }: LastValuesRequest, respond: Respond): void {
    this.#o.lastValues.ask({ types, filter, after, maxBytes }).then(
      (page) => respond(page === null ? stoppingReply() : { op: 'last_values', ...page }),
      (error: unknown) => this.#fail(error, respond),
    );
  }

  #replay(request: ReplayRequest, respond: Respond): void {
    const { name, to = null, filter, max_events } = request;
    const from = this.#resolve(request.from, this.#o.events);
    this.#o.replayer.replay({ name, from, to, filter, eventsMax: max_events }, (error, replayed) => {
      if (replayed === null) this.#fail(error, respond);
      else respond({ op: 'replay', ...replayed });
    });
  }

  #log(name: LogName): Log {
    return name === 'events' ? this.#o.events : this.#o.deadLetters;
  }

  #resolve(position: Position, log: Log): number {
    if (position === 'start') return log.firstSeq;
    if (position === 'end') return log.nextSeq;
    return typeof position === 'number' ? position : log.seqAtTime(position.time);
  }

  /** A place for a cursor. One past the end would make its reader pass over events that are still to come. */
  #placeWithin(position: Position, log: Log): number {
    const seq = this.#resolve(position, log);
    if (seq > log.nextSeq) throw new BeyondEndError(seq, log.nextSeq);
    return seq;
  }

  #cursorInfos(): BusStats['cursors'] {
    return this.#o.cursors.list().map((cursor) => ({
      ...cursor,
      lag: Math.max(0, this.#log(cursor.log).nextSeq - cursor.next),
    }));
  }

  /** What the operation `stats` answers. */
  stats(): BusStats {
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
    respond(failure(wire));
  }
}

function place(cursor: Cursor): { name: string; next: number } {
  return { name: cursor.name, next: cursor.next };
}
