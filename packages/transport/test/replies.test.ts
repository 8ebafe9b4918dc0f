import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BadReplyError } from '../src/errors.js';
import type { Op, SuccessReply, WireError } from '../src/messages.js';
import { decodeReply, encodeReply, readReply } from '../src/replies.js';

const cursor = { name: 'a', log: 'events', next: 3, hold: true, lag: 0, committed_at: null } as const;

const replies: SuccessReply[] = [
  { op: 'hello', server: 'bitten-bus/0.1.0', log_id: '0192', first: 1, next: 48_211, limits: { header: 1 } },
  { op: 'ping' },
  {
    op: 'publish',
    level: 'fsynced',
    seqs: [
      [1, 48_211, 2],
      [3, null, 1],
    ],
    rejected: [
      {
        producer_seq: 4,
        dead_letter: 17,
        issues: [{ path: 'data.direction', code: 'missing', found: 'nothing', expected: 'BUY or SELL' }],
      },
    ],
  },
  { op: 'producer', last: 0 },
  { op: 'fetch', from: 1, next: 3, end: 4, runs: [[1, 2, 1792681200.123]], body: Buffer.from('{}\n{}') },
  { op: 'replay', next: 48_300, end: 48_301, sent: 80, unheard: 7 },
  { op: 'cursor_open', name: 'a', next: 1 },
  { op: 'cursor_commit', name: 'a', next: 2 },
  { op: 'cursor_list', cursors: [cursor, { ...cursor, committed_at: 1.5 }] },
  { op: 'cursor_reset', name: 'a', next: 2 },
  { op: 'cursor_delete' },
];

function roundTrip(id: number, reply: SuccessReply): unknown {
  const [header, ...rest] = encodeReply(id, reply);
  const decoded = decodeReply([Buffer.from(header), ...rest]);
  if (!decoded.ok) throw new Error('expected success');
  expect(decoded.id).toBe(id);
  return readReply(reply.op, decoded.fields, decoded.body);
}

describe('a reply', () => {
  it.each(replies)('comes out as it went in: $op', (reply) => {
    const { op: _op, ...fields } = reply;
    expect(roundTrip(12, reply)).toEqual(fields);
  });

  it('names no operation on the wire, and a body only for fetch', () => {
    expect(encodeReply(1, { op: 'ping' })).toEqual(['{"v":1,"id":1,"ok":true}']);
    const [header, body] = encodeReply(1, replies[4] as SuccessReply);
    expect(JSON.parse(header)).not.toHaveProperty('body');
    expect(String(body)).toBe('{}\n{}');
  });

  it('carries every fact of an error', () => {
    const error: Required<WireError> = {
      code: 'gap',
      message: 'gone',
      found: 'a',
      expected: 5,
      remedy: 'b',
      why: 'c',
      retry_ms: 250,
      gap: { from: 1, to: 5, why: 'retention' },
      end: 6,
      place: { file: '1.seg', offset: 64, seq: 9 },
    };
    const [header] = encodeReply(3, { op: 'error', error });
    expect(decodeReply([Buffer.from(header)])).toEqual({ id: 3, ok: false, error });
  });

  it('that does not follow the protocol is refused as such, whatever it is', () => {
    const ops = replies.map((reply) => reply.op);
    const names = [
      'server',
      'log_id',
      'first',
      'next',
      'end',
      'runs',
      'seqs',
      'level',
      'rejected',
      'cursors',
    ];
    const value = fc.oneof(fc.jsonValue(), fc.constantFrom('fsynced', 1, [[1, 1, 1]], [{ issues: [{}] }]));
    const header = fc.record(
      {
        v: fc.constant(1),
        id: fc.oneof(fc.integer(), value),
        ok: fc.oneof(fc.boolean(), value),
        error: fc.oneof(value, fc.record({ code: fc.string(), gap: value, place: value })),
        ...Object.fromEntries(names.map((name) => [name, value])),
      },
      { requiredKeys: ['v', 'id', 'ok'] },
    );
    const frame = fc.oneof(
      fc.uint8Array().map((bytes) => Buffer.from(bytes)),
      header.map((fields) => Buffer.from(JSON.stringify(fields))),
    );
    fc.assert(
      fc.property(fc.constantFrom<Op>(...ops, 'stats'), fc.array(frame, { maxLength: 3 }), (op, frames) => {
        try {
          const reply = decodeReply(frames);
          if (reply.ok) readReply(op, reply.fields, reply.body);
        } catch (error) {
          expect(error).toBeInstanceOf(BadReplyError);
        }
      }),
      { numRuns: 2000 },
    );
  });
});
