import { BittenError } from '@bitten/schema';
import type { WireError } from './messages.js';

/**
 * A request that cannot be served as it came. `code` is `bad_request`, `too_large`, `unknown_op` or
 * `unsupported_version`; `id` is the request's, and undefined where there is nobody to answer.
 */
export class BadRequestError extends BittenError {
  readonly id: number | undefined;

  constructor(
    code: 'bad_request' | 'too_large' | 'unknown_op' | 'unsupported_version',
    message: string,
    facts: { id: number | undefined; found: string; expected: string; remedy?: string },
  ) {
    super(code, message, facts);
    this.id = facts.id;
  }
}

/** A body that is not what its header says: its number of events is another. */
export class CountError extends BittenError {
  constructor(count: number, found: number) {
    super('bad_request', `the body holds ${found} events where the header says ${count}`, {
      found: `${found} events`,
      expected: `${count} events`,
      remedy: 'put one \\n between events, none inside an event and none after the last',
    });
  }
}

/** A body with bytes that are not UTF-8. `splitBytes` gives its events one by one. */
export class NotUtf8Error extends BittenError {
  constructor() {
    super('not_utf8', 'the body is not valid UTF-8', { found: 'other bytes', expected: 'UTF-8' });
  }
}

/** A reply that does not follow the protocol: on the other end is something else than this bus. */
export class BadReplyError extends BittenError {
  constructor(field: string, found: string, expected: string) {
    super('bad_reply', `the reply's ${field} is ${found}, not ${expected}`, {
      found,
      expected,
      remedy: 'check that the endpoint is a BITTEN bus of a matching version',
    });
  }
}

/** Nothing was sent: there is no connection to the bus. */
export class NotConnectedError extends BittenError {
  constructor(endpoint: string, why: string, code = 'not_connected') {
    super(code, `not connected to the bus at ${endpoint}: ${why}`, {
      found: why,
      expected: `a bus at ${endpoint}`,
      remedy:
        code === 'key_refused'
          ? 'put the key right; the client asks again by itself'
          : 'start the bus, or wait: the client connects again by itself',
    });
  }
}

/** Nothing was sent: the bus does not let this client in. The client asks again now and then, by itself. */
export class KeyRefusedError extends NotConnectedError {
  constructor(endpoint: string, why: string) {
    super(endpoint, why, 'key_refused');
  }
}

/**
 * Nothing was sent: the connection takes no more. Either so many messages wait to go out already, or it is just
 * being lost and the status is about to say so. A reply or a change of status is the time to try again.
 */
export class BacklogFullError extends BittenError {
  constructor(endpoint: string, messages: number) {
    super('backlog_full', `the connection to ${endpoint} takes no more messages now`, {
      found: 'a bus that does not read, or a connection that is being lost',
      expected: `at most ${messages} unsent messages`,
      remedy: 'wait for a reply or a change of status before sending more',
    });
  }
}

/** The connection went away before the reply came: whether the request was served is unknown. */
export class ConnectionLostError extends BittenError {
  constructor(endpoint: string, why: string) {
    super('connection_lost', `the connection to the bus at ${endpoint} was lost: ${why}`, {
      found: why,
      remedy: 'repeat the request once the client is connected again: every operation may be repeated',
    });
  }
}

/** No reply came in time: whether the request was served is unknown. */
export class DeadlineError extends BittenError {
  readonly timeout_ms: number;

  constructor(op: string, timeout_ms: number) {
    super('deadline', `no reply to ${op} within ${timeout_ms} ms`, {
      expected: `a reply within ${timeout_ms} ms`,
      remedy: 'repeat the request: every operation may be repeated',
    });
    this.timeout_ms = timeout_ms;
  }
}

/** The client was closed, by its owner, before the reply came or before the request was made. */
export class ClientClosedError extends BittenError {
  constructor() {
    super('client_closed', 'the client has been closed', { remedy: 'make a new client' });
  }
}

/** The position asked for is past the end: of another log, or of one that lost its files. */
export class PositionBeyondEndError extends BittenError {
  /** The `seq` the next event will get. */
  readonly end: number;

  constructor(end: number, message: string) {
    super('beyond_end', message, {
      expected: `a position up to ${end}`,
      remedy: 'compare the log_id of hello with the one the position belongs to',
    });
    this.end = end;
  }
}

/** An earlier batch is missing: nothing was appended, and everything from `expectedFirst` on must be sent again. */
export class OutOfSequenceError extends BittenError {
  /** The producer sequence the bus waits for. */
  readonly expectedFirst: number;

  constructor(expectedFirst: number, message: string) {
    super('out_of_sequence', message, {
      expected: `first = ${expectedFirst}`,
      remedy: 'send again from the oldest unacknowledged event',
    });
    this.expectedFirst = expectedFirst;
  }
}

/** The bus cannot write its log now (disk full, read-only). Keep the events and try again later. */
export class UnavailableError extends BittenError {
  readonly why: string;

  constructor(why: string, message: string) {
    super('unavailable', message, { found: why, remedy: 'keep the events and try again later' });
    this.why = why;
  }
}

/** The bus asks this client to wait: it sends more, or reads less, than it may. Nothing was done. */
export class SlowDownError extends BittenError {
  /** When to come back. */
  readonly retry_ms: number;

  constructor(retry_ms: number, message: string) {
    super('slow_down', message, {
      expected: `a pause of ${retry_ms} ms`,
      remedy: 'wait as long, then send the same again; the limits are settings of the bus',
    });
    this.retry_ms = retry_ms;
  }
}

/** Any other error the bus answered; `details` is its error object as it came. */
export class RemoteError extends BittenError {
  readonly details: WireError;

  constructor(details: WireError) {
    super(details.code, details.message, {
      ...(details.found === undefined ? {} : { found: details.found }),
      ...(details.expected === undefined ? {} : { expected: String(details.expected) }),
      ...(details.remedy === undefined ? {} : { remedy: details.remedy }),
    });
    this.details = details;
  }
}

/** Another program has the port. */
export class PortInUseError extends BittenError {
  readonly port: number;

  constructor(host: string, port: number, setting: string) {
    super('port_in_use', `port ${port} on ${host} is taken by another program`, {
      found: `a listener on ${host}:${port}`,
      expected: 'a free port',
      remedy: `stop the other program, or choose another port with ${setting}`,
    });
    this.port = port;
  }
}

/** The address cannot be bound at all: no such interface, no permission. */
export class BindError extends BittenError {
  constructor(host: string, port: number, cause: unknown) {
    const why = cause instanceof Error ? cause.message : String(cause);
    super('bind_failed', `cannot listen on ${host}:${port}: ${why}`, {
      found: why,
      expected: 'an address of this machine',
      remedy: 'check host and port',
      cause,
    });
  }
}
