import { cursorPattern, limits, producerPattern } from '@bitten/schema';
import {
  type Fields,
  isObject,
  type Refuse,
  readFlag,
  readName,
  readNumber,
  readWhole,
  refuseRequest,
  show,
} from './checks.js';
import { BadRequestError } from './errors.js';
import type { EventFilter, LogName, Op, Position, Request } from './messages.js';
import { protocolVersion } from './messages.js';

/** How many values the lists of a filter may hold together, how long each may be, and all of them in UTF-8. */
const filter_values_max = 1000;
const filter_value_length_max = 200;
const filter_bytes_max = 64 * 1024;
const filterList = `a list of at most ${filter_values_max} strings of at most ${filter_value_length_max} characters`;
const client_name_length_max = 100;
const fetch_bytes_default = 1024 * 1024;

type ReadFields = (fields: Fields, id: number, body: Buffer | undefined) => Request;

/** One reader an operation; a `Map`, so that an op named `constructor` finds nothing. */
const readers = new Map<string, ReadFields>([
  ['hello', (fields, id) => ({ op: 'hello', id, client: readClientName(fields, refuseRequest(id)) })],
  ['ping', (_fields, id) => ({ op: 'ping', id })],
  ['publish', readPublish],
  ['producer', (fields, id) => ({ op: 'producer', id, producer: readProducer(fields, refuseRequest(id)) })],
  ['fetch', readFetch],
  ['replay', readReplay],
  ['last_values', readLastValues],
  ['cursor_open', readCursorOpen],
  ['cursor_commit', readCursorCommit],
  ['cursor_list', (_fields, id) => ({ op: 'cursor_list', id })],
  ['cursor_reset', readCursorReset],
  ['cursor_delete', (fields, id) => ({ op: 'cursor_delete', id, name: readCursorName(fields, id) })],
  ['stats', (_fields, id) => ({ op: 'stats', id })],
] satisfies Array<[Op, ReadFields]>);

/**
 * Reads a request from its frames (docs/PROTOCOL.md sections 1 to 6). Headers come from strangers, so every
 * field is checked. Throws `BadRequestError` and nothing else.
 */
export function decodeRequest(frames: readonly Buffer[]): Request {
  const fields = parseHeader(frames[0], limits.header_bytes_max);
  const id = fields?.id;
  if (fields === undefined || typeof id !== 'number' || !Number.isFinite(id)) {
    throw new BadRequestError('bad_request', 'not a request: no JSON object with an id', {
      id: undefined,
      found: 'no JSON object with an id',
      expected: 'a header frame as in docs/PROTOCOL.md section 1',
    });
  }
  if (fields.v !== protocolVersion) {
    throw new BadRequestError(
      'unsupported_version',
      `protocol version ${show(fields.v)} is not spoken here`,
      {
        id,
        found: show(fields.v),
        expected: String(protocolVersion),
      },
    );
  }
  if (frames.length > 2) {
    throw refuseRequest(id)('message', `${frames.length} frames`, 'one or two frames: header and body');
  }
  const read = typeof fields.op === 'string' ? readers.get(fields.op) : undefined;
  if (read === undefined) {
    throw new BadRequestError('unknown_op', `there is no operation ${show(fields.op)}`, {
      id,
      found: show(fields.op),
      expected: `one of ${[...readers.keys()].join(', ')}`,
    });
  }
  const request = read(fields, id, frames[1]);
  // What is no mark is no news: only what was given counts.
  if (typeof fields.mark === 'number') request.mark = fields.mark;
  return request;
}

/** The header's fields; undefined where the frame holds no JSON object, or is larger than it may be. */
export function parseHeader(frame: Buffer | undefined, bytes_max: number): Fields | undefined {
  if (frame === undefined || frame.length > bytes_max) return undefined;
  try {
    const value: unknown = JSON.parse(frame.toString());
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** The frames of a request. The body is sent without a copy: it must not be changed afterwards. */
export function encodeRequest(request: Request): [header: string] | [header: string, body: Buffer] {
  if (request.op !== 'publish') return [JSON.stringify({ v: protocolVersion, ...request })];
  const { body, ...header } = request;
  return [JSON.stringify({ v: protocolVersion, ...header }), body];
}

/** The hot path: a few comparisons, and the error's text only where one fails. */
function readPublish(fields: Fields, id: number, body: Buffer | undefined): Request {
  const refuse = refuseRequest(id);
  const producer = readProducer(fields, refuse);
  const first = readWhole(fields, 'first', { min: 1 }, refuse);
  const count = readWhole(fields, 'count', { min: 1 }, refuse);
  const acked = readWhole(fields, 'acked', { min: 0 }, refuse);
  if (body === undefined) throw refuse('body', 'missing', 'a second frame with the events');
  if (count > limits.batch_events_max) {
    throw tooLarge(id, `${count} events`, `at most ${limits.batch_events_max} events`);
  }
  if (body.length > limits.batch_bytes_max) {
    throw tooLarge(id, `a body of ${body.length} bytes`, `at most ${limits.batch_bytes_max} bytes`);
  }
  if (!Number.isSafeInteger(first + count)) {
    throw refuse('first', String(first), 'a number that leaves room for count');
  }
  return { op: 'publish', id, producer, first, count, acked, body };
}

function tooLarge(id: number, found: string, expected: string): BadRequestError {
  const remedy = 'send smaller batches';
  return new BadRequestError('too_large', `a publish holds ${found}`, { id, found, expected, remedy });
}

function readFetch(fields: Fields, id: number): Request {
  const refuse = refuseRequest(id);
  return {
    op: 'fetch',
    id,
    log: readLogName(fields, refuse),
    from: readPosition(fields, 'from', undefined, refuse),
    filter: readFilter(fields, refuse),
    max_bytes: readWhole(
      fields,
      'max_bytes',
      { min: 1, max: limits.fetch_bytes_max, fallback: fetch_bytes_default },
      refuse,
    ),
    wait_ms: readWhole(fields, 'wait_ms', { min: 0, max: limits.fetch_wait_ms_max, fallback: 0 }, refuse),
    linger_ms: readWhole(
      fields,
      'linger_ms',
      { min: 0, max: limits.fetch_linger_ms_max, fallback: 0 },
      refuse,
    ),
  };
}

function readReplay(fields: Fields, id: number): Request {
  const refuse = refuseRequest(id);
  const max = limits.replay_events_max;
  return {
    op: 'replay',
    id,
    name: readName(fields, 'name', cursorPattern, refuse),
    from: readPosition(fields, 'from', undefined, refuse),
    to: fields.to === undefined ? undefined : readWhole(fields, 'to', { min: 1 }, refuse),
    filter: readFilter(fields, refuse),
    max_events: readWhole(fields, 'max_events', { min: 1, max, fallback: max }, refuse),
  };
}

function readLastValues(fields: Fields, id: number): Request {
  const refuse = refuseRequest(id);
  const { types } = fields;
  if (!isFilterList(types) || types.length === 0)
    throw refuse('types', show(types), `one or more types: ${filterList}`);
  return {
    op: 'last_values',
    id,
    types,
    filter: readFilter(fields, refuse),
    after: readWhole(fields, 'after', { min: 0, fallback: 0 }, refuse),
    max_bytes: readWhole(
      fields,
      'max_bytes',
      { min: 1, max: limits.fetch_bytes_max, fallback: fetch_bytes_default },
      refuse,
    ),
  };
}

function readCursorOpen(fields: Fields, id: number): Request {
  const refuse = refuseRequest(id);
  return {
    op: 'cursor_open',
    id,
    name: readCursorName(fields, id),
    log: readLogName(fields, refuse),
    from: readPosition(fields, 'from', 'start', refuse),
    hold: readFlag(fields, 'hold', false, refuse),
  };
}

function readCursorCommit(fields: Fields, id: number): Request {
  const next = readWhole(fields, 'next', { min: 1 }, refuseRequest(id));
  return { op: 'cursor_commit', id, name: readCursorName(fields, id), next };
}

function readCursorReset(fields: Fields, id: number): Request {
  const to = readPosition(fields, 'to', undefined, refuseRequest(id));
  return { op: 'cursor_reset', id, name: readCursorName(fields, id), to };
}

function readCursorName(fields: Fields, id: number): string {
  return readName(fields, 'name', cursorPattern, refuseRequest(id));
}

function readProducer(fields: Fields, refuse: Refuse): string {
  return readName(fields, 'producer', producerPattern, refuse);
}

function readClientName(fields: Fields, refuse: Refuse): string {
  const name = fields.client;
  if (name === undefined) return '';
  if (typeof name === 'string' && name.length <= client_name_length_max) return name;
  throw refuse('client', show(name), `a string of at most ${client_name_length_max} characters`);
}

function readLogName(fields: Fields, refuse: Refuse): LogName {
  const { log } = fields;
  if (log === undefined || log === 'events') return 'events';
  if (log === 'dead_letters') return log;
  throw refuse('log', show(log), '"events" or "dead_letters"');
}

function readPosition(
  fields: Fields,
  name: string,
  fallback: Position | undefined,
  refuse: Refuse,
): Position {
  const value = fields[name];
  if (value === undefined && fallback !== undefined) return fallback;
  if (value === 'start' || value === 'end') return value;
  if (isObject(value)) {
    return { time: readNumber(value, 'time', (field, ...rest) => refuse(`${name}.${field}`, ...rest)) };
  }
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 1) return value;
  throw refuse(name, show(value), 'a seq from 1 on, "start", "end" or {"time": Unix seconds}');
}

function readFilter(fields: Fields, refuse: Refuse): EventFilter | undefined {
  const { filter } = fields;
  if (filter === undefined || filter === null) return undefined;
  if (!isObject(filter)) throw refuse('filter', show(filter), 'an object');
  const checked: { -readonly [Name in keyof EventFilter]: EventFilter[Name] } = {};
  for (const name of ['types', 'symbols', 'users', 'sources'] as const) {
    const values = filter[name];
    if (values === undefined) continue;
    if (!isFilterList(values)) {
      throw refuse(`filter.${name}`, show(values), filterList);
    }
    checked[name] = values;
  }
  checkFilterSize(Object.values(checked).flat(), refuse);
  return checked;
}

/** A filter is kept for as long as its reader waits. */
function checkFilterSize(values: readonly string[], refuse: Refuse): void {
  const bytes = values.reduce((sum, value) => sum + Buffer.byteLength(value), 0);
  if (values.length <= filter_values_max && bytes <= filter_bytes_max) return;
  const found = `${values.length} values of ${bytes} bytes`;
  throw refuse(
    'filter',
    found,
    `at most ${filter_values_max} values of ${filter_bytes_max} bytes in all its lists`,
  );
}

function isFilterList(values: unknown): values is string[] {
  return (
    Array.isArray(values) &&
    values.length <= filter_values_max &&
    values.every((value) => typeof value === 'string' && value.length <= filter_value_length_max)
  );
}
