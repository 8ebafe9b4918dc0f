import assert from 'node:assert/strict';
import {
  BadReplyError,
  BadRequestError,
  decodeReply,
  decodeRequest,
  encodeRequest,
  joinEvents,
  NotUtf8Error,
  type Op,
  readReply,
  splitBytes,
  splitEvents,
} from '@bitten/transport';
import { bytesOf, refusing, type Target } from '../target.js';
import { eventSamples } from './events.js';

const requests = bytesOf(
  { v: 1, op: 'hello', id: 1, client: 'webapp' },
  { v: 1, op: 'ping', id: 1 },
  { v: 1, op: 'publish', id: 2, producer: '0192f0', first: 1, count: 2, acked: 0 },
  { v: 1, op: 'producer', id: 3, producer: 'import:9f' },
  {
    v: 1,
    op: 'fetch',
    id: 4,
    log: 'events',
    from: { time: 1 },
    filter: { types: ['a'], users: ['b'] },
    wait_ms: 1,
  },
  { v: 1, op: 'fetch', id: 4, from: 'start', max_bytes: 1000, linger_ms: 1 },
  { v: 1, op: 'cursor_open', id: 5, name: 'reader', log: 'dead_letters', from: 7, hold: true },
  { v: 1, op: 'cursor_commit', id: 6, name: 'reader', next: 3 },
  { v: 1, op: 'cursor_reset', id: 7, name: 'reader', to: 'end' },
  { v: 1, op: 'stats', id: 8 },
  {
    v: 1,
    op: 'replay',
    id: 9,
    name: 'friday',
    from: { time: 1 },
    to: 9,
    filter: { types: ['a'] },
    max_events: 5,
  },
  {
    v: 1,
    op: 'last_values',
    id: 9,
    types: ['market_data'],
    filter: { symbols: ['EURUSD'] },
    after: 3,
    max_bytes: 9,
  },
);

const replies = bytesOf(
  { v: 1, id: 1, ok: true, server: 'bitten-bus/0.1.0', log_id: 'x', first: 1, next: 5, limits: { a: 1 } },
  {
    v: 1,
    id: 2,
    ok: true,
    level: 'fsynced',
    seqs: [
      [1, 5, 2],
      [3, null, 1],
    ],
    rejected: [
      { producer_seq: 4, dead_letter: 1, issues: [{ path: 'a', code: 'type', found: 'b', expected: 'c' }] },
    ],
  },
  { v: 1, id: 4, ok: true, from: 1, next: 3, end: 3, runs: [[1, 2, 1.5]] },
  { v: 1, id: 5, ok: true, name: 'reader', next: 7 },
  {
    v: 1,
    id: 6,
    ok: true,
    cursors: [{ name: 'r', log: 'events', next: 1, hold: false, lag: 0, committed_at: null }],
  },
  {
    v: 1,
    id: 7,
    ok: false,
    error: { code: 'gap', message: 'm', gap: { from: 1, to: 2, why: 'w' }, found: 'f' },
  },
  { v: 1, id: 8, ok: true, stats: {} },
  { v: 1, id: 9, ok: true, last: 5 },
  { v: 1, id: 10, ok: true, next: 3, end: 9, sent: 2, unheard: 1 },
  { v: 1, id: 10, ok: true, next: 9, more: true, runs: [[4, 1, 1.5]] },
);

const ops: readonly Op[] = [
  ...(['hello', 'ping', 'publish', 'producer', 'fetch', 'cursor_open', 'cursor_commit'] as const),
  ...(['cursor_list', 'cursor_reset', 'cursor_delete', 'stats', 'last_values', 'replay'] as const),
];

export const wireTargets: readonly Target[] = [
  {
    name: 'request',
    samples: requests,
    run: (input) => {
      for (const frames of [[input], [input, Buffer.from('{}')], [requests[2]!, input]]) {
        const request = refusing([BadRequestError], () => decodeRequest(frames));
        if (request === undefined) continue;
        const [head, ...body] = encodeRequest(request);
        assert.deepEqual(decodeRequest([Buffer.from(head), ...body]), request);
      }
    },
  },
  {
    name: 'reply',
    samples: replies,
    run: (input) => {
      for (const op of ops) {
        refusing([BadReplyError], () => {
          const reply = decodeReply([input]);
          if (reply.ok) readReply(op, reply.fields, reply.body);
        });
      }
    },
  },
  {
    name: 'body',
    samples: [...eventSamples, Buffer.from('{}\n{}\n[]')],
    run: (input) => {
      const texts = refusing([NotUtf8Error], () => splitEvents(input));
      if (texts !== undefined) assert(joinEvents(texts).equals(input));
      assert.equal(
        splitBytes(input).length,
        input.length === 0 ? 0 : input.filter((byte) => byte === 10).length + 1,
      );
    },
  },
];
