import { limits } from '@bitten/schema';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BadRequestError } from '../src/errors.js';
import type { Request } from '../src/messages.js';
import { decodeRequest, encodeRequest } from '../src/requests.js';

const body = Buffer.from('{}\n{}');

/** Frames as they come from the wire. */
function frames(header: unknown, ...rest: Buffer[]): Buffer[] {
  return [Buffer.from(JSON.stringify(header)), ...rest];
}

function refusal(received: readonly Buffer[]): BadRequestError {
  try {
    decodeRequest(received);
  } catch (error) {
    if (error instanceof BadRequestError) return error;
    throw error;
  }
  throw new Error('expected a refusal');
}

const requests: Request[] = [
  { op: 'hello', id: 1, client: 'webapp' },
  { op: 'ping', id: 1.5 },
  { op: 'publish', id: 2, producer: '0192f0.a_b:c-d', first: 1, count: 2, acked: 0, body },
  { op: 'producer', id: 3, producer: 'import:9f' },
  {
    op: 'last_values',
    id: 3,
    types: ['market_data'],
    filter: { symbols: ['EURUSD'] },
    after: 7,
    max_bytes: 9,
  },
  {
    op: 'fetch',
    id: 4,
    log: 'dead_letters',
    from: { time: 1792681200.5 },
    filter: { types: ['signal_generated'], users: [] },
    max_bytes: 1,
    wait_ms: 60_000,
    linger_ms: 1000,
  },
  {
    op: 'replay',
    id: 12,
    name: 'friday-evening',
    from: { time: 1792681200.5 },
    to: 48_300,
    filter: { types: ['signal_generated'] },
    max_events: 1,
  },
  { op: 'cursor_open', id: 5, name: 'collector', log: 'events', from: 'end', hold: true },
  { op: 'cursor_commit', id: 6, name: 'collector', next: 48_300 },
  { op: 'cursor_list', id: 7 },
  { op: 'cursor_reset', id: 8, name: 'collector', to: 'start' },
  { op: 'cursor_delete', id: 9, name: 'collector' },
  { op: 'stats', id: 10 },
];

describe('a request', () => {
  it.each(requests)('comes out as it went in: $op', (request) => {
    const [header, ...rest] = encodeRequest(request);
    expect(decodeRequest([Buffer.from(header), ...rest])).toEqual(request);
  });

  it('gets the defaults of the protocol', () => {
    expect(decodeRequest(frames({ v: 1, op: 'fetch', id: 1, from: 1 }))).toEqual({
      op: 'fetch',
      id: 1,
      log: 'events',
      from: 1,
      filter: undefined,
      max_bytes: 1024 * 1024,
      wait_ms: 0,
      linger_ms: 0,
    });
    expect(decodeRequest(frames({ v: 1, op: 'cursor_open', id: 1, name: 'a' }))).toMatchObject({
      log: 'events',
      from: 'start',
      hold: false,
    });
  });

  it('may carry a filter of a thousand names', () => {
    const filter = { types: names(500), users: names(500, 'x'.repeat(100)) };
    expect(decodeRequest(frames({ v: 1, op: 'fetch', id: 1, from: 1, filter }))).toMatchObject({ filter });
  });

  it('may carry fields that are not known here', () => {
    expect(decodeRequest(frames({ v: 1, op: 'ping', id: 1, trace: 'x', __proto__: 1 }))).toEqual({
      op: 'ping',
      id: 1,
    });
  });
});

function names(count: number, prefix = ''): string[] {
  return Array.from({ length: count }, (_, i) => `${prefix}${String(i).padStart(4, '0')}`);
}

const publish = { v: 1, op: 'publish', id: 2, producer: 'p', first: 1, count: 2, acked: 0 };
const fetch = { v: 1, op: 'fetch', id: 2, from: 1 };
const replay = { v: 1, op: 'replay', id: 2, name: 'r', from: 1 };

describe('a bad request', () => {
  it.each([
    ['producer', { ...publish, producer: 'a b' }],
    ['producer', { ...publish, producer: 'x'.repeat(65) }],
    ['first', { ...publish, first: 0 }],
    ['first', { ...publish, first: '1' }],
    ['first', { ...publish, first: Number.MAX_SAFE_INTEGER }],
    ['count', { ...publish, count: 0 }],
    ['count', { ...publish, count: 1.5 }],
    ['acked', { ...publish, acked: -1 }],
    ['acked', { ...publish, acked: undefined }],
    ['from', { ...fetch, from: undefined }],
    ['from', { ...fetch, from: 0 }],
    ['from', { ...fetch, from: 'middle' }],
    ['from.time', { ...fetch, from: {} }],
    ['log', { ...fetch, log: 'other' }],
    ['wait_ms', { ...fetch, wait_ms: 60_001 }],
    ['linger_ms', { ...fetch, linger_ms: 1001 }],
    ['max_bytes', { ...fetch, max_bytes: limits.fetch_bytes_max + 1 }],
    ['filter', { ...fetch, filter: [] }],
    ['filter.symbols', { ...fetch, filter: { symbols: 'EURUSD' } }],
    ['filter.users', { ...fetch, filter: { users: [1] } }],
    ['filter', { ...fetch, filter: { users: names(500), types: names(501) } }],
    ['filter', { ...fetch, filter: { users: names(330, 'x'.repeat(195)), types: ['signal_generated'] } }],
    ['filter', { ...fetch, filter: { users: names(330, '\u20ac'.repeat(66)) } }],
    ['name', { ...replay, name: undefined }],
    ['name', { ...replay, name: 'friday evening' }],
    ['from', { ...replay, from: undefined }],
    ['to', { ...replay, to: 'end' }],
    ['to', { ...replay, to: 0 }],
    ['filter', { ...replay, filter: [] }],
    ['max_events', { ...replay, max_events: 0 }],
    ['max_events', { ...replay, max_events: limits.replay_events_max + 1 }],
    ['name', { v: 1, id: 2, op: 'cursor_open', name: '' }],
    ['hold', { v: 1, id: 2, op: 'cursor_open', name: 'a', hold: 1 }],
    ['next', { v: 1, id: 2, op: 'cursor_commit', name: 'a', next: 0 }],
    ['to', { v: 1, id: 2, op: 'cursor_reset', name: 'a' }],
    ['client', { v: 1, id: 2, op: 'hello', client: 5 }],
  ])('is told which field is wrong: %s', (field, header) => {
    const error = refusal(frames(header, body));
    expect(error.code).toBe('bad_request');
    expect(error.id).toBe(2);
    expect(error.message.startsWith(`${field} is `)).toBe(true);
    expect(error.found).toBeDefined();
    expect(error.expected).toBeDefined();
  });

  it('is told that its events are missing', () => {
    expect(refusal(frames(publish)).message).toMatch(/^body is missing/);
  });

  it('is told that it has too many frames', () => {
    expect(refusal(frames(publish, body, body)).message).toMatch(/3 frames/);
  });

  it('is told that it is too large', () => {
    const many = refusal(frames({ ...publish, count: limits.batch_events_max + 1 }, body));
    const large = refusal(frames(publish, Buffer.alloc(limits.batch_bytes_max + 1)));
    expect([many.code, large.code]).toEqual(['too_large', 'too_large']);
  });

  it.each(['pin', 'constructor', '__proto__', 5, undefined])('is told that there is no such op: %s', (op) => {
    expect(refusal(frames({ v: 1, op, id: 3 }))).toMatchObject({ code: 'unknown_op', id: 3 });
  });

  it.each([2, '1', undefined])('is told that its version is not spoken: %s', (v) => {
    expect(refusal(frames({ v, op: 'ping', id: 3 }))).toMatchObject({ code: 'unsupported_version', id: 3 });
  });

  it('has nobody to answer where there is no JSON object with an id', () => {
    for (const text of ['', 'GET / HTTP/1.1', '[1]', 'null', '5', '{}', '{"id":"1"}', '{"id":1e999}']) {
      expect(refusal([Buffer.from(text)]).id).toBeUndefined();
    }
    expect(refusal([]).id).toBeUndefined();
    const header = JSON.stringify({ v: 1, op: 'ping', id: 1, x: 'x'.repeat(limits.header_bytes_max) });
    expect(refusal([Buffer.from(header)]).id).toBeUndefined();
  });

  it('never makes the decoder throw anything else', () => {
    const value = fc.oneof(
      fc.jsonValue(),
      fc.constantFrom('start', 'events', -0, 1e308, {}, [], { time: 1 }),
    );
    const anyHeader = fc.record(
      {
        v: fc.constantFrom(1, 1, 1, 2),
        id: fc.oneof(fc.integer(), value),
        op: fc.oneof(fc.constantFrom(...requests.map((request) => request.op)), value),
        ...Object.fromEntries(
          ['producer', 'first', 'count', 'acked', 'from', 'to', 'filter', 'name', 'log', 'hold', 'next'].map(
            (name) => [name, value],
          ),
        ),
      },
      { requiredKeys: ['v', 'id', 'op'] },
    );
    const anyFrame = fc.oneof(
      fc.uint8Array().map((bytes) => Buffer.from(bytes)),
      anyHeader.map((header) => Buffer.from(JSON.stringify(header))),
    );
    fc.assert(
      fc.property(fc.array(anyFrame, { maxLength: 4 }), (received) => {
        try {
          decodeRequest(received);
        } catch (error) {
          expect(error).toBeInstanceOf(BadRequestError);
        }
      }),
      { numRuns: 2000 },
    );
  });
});
