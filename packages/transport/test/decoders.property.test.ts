import { limits } from '@bitten/schema';
import { hostileTexts } from '@bitten/schema/testing';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { joinEvents, oneLine, splitBytes, splitEvents } from '../src/bodies.js';
import { BadReplyError, BadRequestError, NotUtf8Error } from '../src/errors.js';
import type { Op } from '../src/messages.js';
import { decodeReply, readReply } from '../src/replies.js';
import { decodeRequest, encodeRequest } from '../src/requests.js';

// Nothing here depends on the time a machine takes that has others to serve.
vi.setConfig({ testTimeout: 60_000 });

const ops = [
  ...['hello', 'ping', 'publish', 'producer', 'fetch', 'cursor_open', 'cursor_commit', 'cursor_list'],
  ...['cursor_reset', 'cursor_delete', 'stats', 'replay', 'last_values'],
] as Op[];

/** What a field may hold that is not what it should. */
const wrong = fc.oneof(
  fc.jsonValue(),
  fc.constantFrom(0, -1, 1, 1.5, 2 ** 53, 1e308, 'start', 'end', '', '\u0000', 'x'.repeat(101), 'events'),
  fc.constantFrom(null, {}, [], { time: 1 }, { time: '1' }, [[1, 2, 3]], true),
);
const fieldName = fc.constantFrom(
  ...['v', 'op', 'id', 'client', 'producer', 'first', 'count', 'acked', 'log', 'from', 'filter', 'max_bytes'],
  ...['wait_ms', 'linger_ms', 'name', 'hold', 'next', 'to', 'types', 'symbols', '__proto__', 'constructor'],
  ...['max_events', 'sent', 'unheard', 'after', 'more'],
  ...[
    'ok',
    'error',
    'level',
    'seqs',
    'rejected',
    'runs',
    'end',
    'stats',
    'cursors',
    'server',
    'log_id',
    'last',
  ],
);
const header = fc
  .tuple(fc.constantFrom(...ops), fc.dictionary(fieldName, wrong), fc.boolean())
  .map(([op, fields, sound]) => ({
    v: 1,
    id: 7,
    op,
    ok: true,
    ...fields,
    ...(sound ? { v: 1, id: 7, op } : {}),
  }));
const bytes = fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array));
const frame = fc.oneof(
  header.map((fields) => Buffer.from(JSON.stringify(fields))),
  bytes,
);

function expectRefusal(error: unknown): void {
  expect(error).toBeInstanceOf(BadRequestError);
  const { message, found = '', expected = '' } = error as BadRequestError;
  expect(message.length + found.length + String(expected).length).toBeLessThan(1_000);
  expect(message + found).toMatch(/^[^\p{Cc}\p{Zl}\p{Zp}\p{Cs}]*$/u);
}

/** Decodes or refuses; anything else fails the test. */
function decode(frames: readonly Buffer[]): void {
  let request: ReturnType<typeof decodeRequest>;
  try {
    request = decodeRequest(frames);
  } catch (error) {
    return expectRefusal(error);
  }
  // What is accepted goes out and comes in again as the same.
  const [head, ...body] = encodeRequest(request);
  expect(decodeRequest([Buffer.from(head), ...body])).toEqual(request);
}

describe('a request from anybody', () => {
  it('is decoded, and comes out the same again, or is refused by BadRequestError', () => {
    fc.assert(fc.property(fc.array(frame, { maxLength: 4 }), decode), { numRuns: 1_000 });
  });

  it.each(hostileTexts())('is refused in order where its header is $what', ({ bytes }) => {
    decode([Buffer.from(bytes)]);
    decode([Buffer.from('{"v":1,"op":"publish","id":1}'), Buffer.from(bytes)]);
  });

  it.each([
    'v',
    'op',
    'id',
    'client',
    'producer',
    'first',
    'from',
    'filter',
    'name',
    'hold',
    'to',
    'max_events',
  ])('may nest %s as deep as the frame holds', (field) => {
    for (const open of ['[', '{"time":']) {
      const depth = 20_000;
      const deep = open.repeat(depth) + (open === '[' ? ']' : '1').repeat(open === '[' ? depth : 1);
      const value = open === '[' ? deep : `${deep}${'}'.repeat(depth)}`;
      for (const op of ops) {
        const fields = { v: '1', id: '1', op: JSON.stringify(op), [field]: value };
        const text = Object.entries(fields).map(([name, json]) => `"${name}":${json}`);
        decode([Buffer.from(`{${text.join(',')}}`)]);
      }
    }
  });

  it('is refused unread where its header is too large', () => {
    const text = `{"v":1,"id":1,"op":"ping","x":"${'x'.repeat(limits.header_bytes_max)}"}`;
    expect(() => decodeRequest([Buffer.from(text)])).toThrow(BadRequestError);
  });
});

describe('a reply from anybody', () => {
  it('is read, or refused by BadReplyError', () => {
    fc.assert(
      fc.property(fc.array(frame, { maxLength: 3 }), fc.constantFrom(...ops), (frames, op) => {
        try {
          const reply = decodeReply(frames);
          if (reply.ok) readReply(op, reply.fields, reply.body);
        } catch (error) {
          expect(error).toBeInstanceOf(BadReplyError);
          expect((error as Error).message.length).toBeLessThan(1_000);
        }
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('a body from anybody', () => {
  it('is cut into texts that make the same body, or is not UTF-8', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          bytes,
          fc.string({ unit: 'binary' }).map((text) => Buffer.from(text)),
        ),
        (body) => {
          expect(
            Buffer.concat(splitBytes(body).flatMap((piece, i) => (i === 0 ? [piece] : [newline, piece]))),
          ).toEqual(body);
          try {
            expect(joinEvents(splitEvents(body))).toEqual(body);
          } catch (error) {
            expect(error).toBeInstanceOf(NotUtf8Error);
          }
        },
      ),
      { numRuns: 1_000 },
    );
  });

  it('on one line means the same', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom(0, 1, '\n', '\r\n'), (value, indent) => {
        const text = JSON.stringify(value, null, indent);
        expect(oneLine(text)).not.toMatch(/[\n\r]/);
        expect(oneLine(text)).toHaveLength(text.length);
        expect(JSON.parse(oneLine(text))).toEqual(JSON.parse(text));
      }),
    );
  });
});

const newline = Buffer.from('\n');
