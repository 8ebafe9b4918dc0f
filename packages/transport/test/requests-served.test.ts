import { GapError, limits } from '@bitten/schema';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Dealer } from 'zeromq';
import { joinEvents } from '../src/bodies.js';
import {
  BadReplyError,
  ClientClosedError,
  DeadlineError,
  NotConnectedError,
  OutOfSequenceError,
  PortInUseError,
  PositionBeyondEndError,
  RemoteError,
  UnavailableError,
} from '../src/errors.js';
import type { Request, SeqRun, WireError } from '../src/messages.js';
import { BusServer, type Respond } from '../src/server.js';
import { agree, agreeing, connect, failure, portOf, startClient, startServer } from './support.js';

describe('a client', () => {
  it('reaches every operation with what was asked, and gets what was answered', async () => {
    const asked: Request[] = [];
    const server = await startServer((request, _peer, respond) => {
      asked.push(request);
      respond(agree(request));
    });
    const client = await connect(server.endpoint, { name: 'webapp' });
    const body = joinEvents(['{"a":1}', '{"a":2}']);

    expect(await client.hello()).toMatchObject({ server: 'test/1', log_id: 'log' });
    await client.ping();
    const receipt = await client.publish({ producer: 'p', first: 5, count: 2, acked: 4, body });
    expect(receipt).toEqual({ level: 'fsynced', seqs: [[5, 1, 2]], rejected: [] });
    expect(await client.producerState('p')).toBe(7);
    expect((await client.fetch({ from: 'end', filter: { types: ['a'] } })).body).toHaveLength(0);
    expect(await client.openCursor({ name: 'c', hold: true })).toEqual({ name: 'c', next: 1 });
    expect(await client.commitCursor('c', 9)).toEqual({ name: 'c', next: 1 });
    expect(await client.listCursors()).toEqual([]);
    expect(await client.resetCursor('c', { time: 5 })).toEqual({ name: 'c', next: 1 });
    await client.deleteCursor('c');
    const replayed = await client.replay({ name: 'r', from: 1, to: 5, filter: { symbols: ['EURUSD'] } });
    expect(replayed).toEqual({ next: 3, end: 9, sent: 2, unheard: 0 });

    expect(asked).toMatchObject([
      { op: 'hello', client: 'webapp' },
      { op: 'ping' },
      { op: 'publish', producer: 'p', first: 5, count: 2, acked: 4, body },
      { op: 'producer', producer: 'p' },
      { op: 'fetch', from: 'end', filter: { types: ['a'] }, wait_ms: 0 },
      { op: 'cursor_open', name: 'c', log: 'events', from: 'start', hold: true },
      { op: 'cursor_commit', name: 'c', next: 9 },
      { op: 'cursor_list' },
      { op: 'cursor_reset', name: 'c', to: { time: 5 } },
      { op: 'cursor_delete', name: 'c' },
      { op: 'replay', name: 'r', from: 1, to: 5, filter: { symbols: ['EURUSD'] }, max_events: 1000 },
    ]);
    expect(server.clients()).toMatchObject([{ name: 'webapp' }]);
  });

  it('gets each reply for its own request, in whatever order they come', async () => {
    const waiting: Array<() => void> = [];
    const server = await startServer((request, _peer, respond) => {
      if (request.op !== 'producer') return;
      waiting.push(() => respond({ op: 'producer', last: Number(request.producer) }));
      if (waiting.length === 100) for (const answer of waiting.reverse()) answer();
    });
    const client = await connect(server.endpoint);
    const numbers = Array.from({ length: 100 }, (_, number) => number);
    expect(await Promise.all(numbers.map((number) => client.producerState(String(number))))).toEqual(numbers);
    expect(client.outstanding).toBe(0);
  });

  it.each<[WireError, abstract new (...args: never[]) => unknown, object]>([
    [
      { code: 'gap', message: '', gap: { from: 1, to: 5, why: 'retention' } },
      GapError,
      { from: 1, to: 5, why: 'retention' },
    ],
    [{ code: 'beyond_end', message: '', end: 9 }, PositionBeyondEndError, { end: 9 }],
    [{ code: 'out_of_sequence', message: '', expected: 3 }, OutOfSequenceError, { expectedFirst: 3 }],
    [{ code: 'unavailable', message: 'no', why: 'disk full' }, UnavailableError, { why: 'disk full' }],
    [
      { code: 'corrupt', message: 'bad', place: { file: 'a', offset: 1, seq: 2 } },
      RemoteError,
      { code: 'corrupt', details: { place: { file: 'a', offset: 1, seq: 2 } } },
    ],
    [{ code: 'gap', message: 'without its facts' }, RemoteError, { code: 'gap' }],
  ])('can tell an error of the bus by its class: $code', async (error, expected, facts) => {
    const server = await startServer((_request, _peer, respond) => respond({ op: 'error', error }));
    const client = await connect(server.endpoint);
    const rejection = await failure(client.fetch({ from: 1 }));
    expect(rejection).toBeInstanceOf(expected);
    expect(rejection).toMatchObject(facts);
  });

  it('is told when the answer is not one of this protocol', async () => {
    const server = await startServer((_request, _peer, respond) => respond({ op: 'ping' }));
    const client = await connect(server.endpoint);
    expect(await failure(client.producerState('p'))).toBeInstanceOf(BadReplyError);
  });

  it('does not wait for ever, and a late answer does no harm', async () => {
    let answerLate: (() => void) | undefined;
    const server = await startServer((request, _peer, respond) => {
      if (request.op === 'stats') answerLate = () => respond(agree(request));
      else respond(agree(request));
    });
    const client = await connect(server.endpoint);
    expect(await failure(client.stats({ timeout_ms: 30 }))).toBeInstanceOf(DeadlineError);
    answerLate?.();
    await client.ping();
    expect(client.outstanding).toBe(0);
  });

  it('lets a fetch wait as long as it asked the bus to, on top of its timeout', async () => {
    const server = await startServer((request, _peer, respond) => {
      if (request.op === 'fetch') setTimeout(() => respond(agree(request)), 150);
    });
    const client = await connect(server.endpoint);
    await client.fetch({ from: 1, wait_ms: 60_000 }, { timeout_ms: 100 });
    expect(await failure(client.fetch({ from: 1 }, { timeout_ms: 100 }))).toMatchObject({ timeout_ms: 100 });
  });

  it('can give a request up', async () => {
    const server = await startServer((request, _peer, respond) => {
      if (request.op !== 'fetch') respond(agree(request));
    });
    const client = await connect(server.endpoint);
    const controller = new AbortController();
    const fetching = failure(client.fetch({ from: 1, wait_ms: 60_000 }, { signal: controller.signal }));
    controller.abort(new Error('enough'));
    expect(await fetching).toMatchObject({ message: 'enough' });
    expect(client.outstanding).toBe(0);
    const aborted = AbortSignal.abort(new Error('before'));
    expect(await failure(client.ping({ signal: aborted }))).toMatchObject({ message: 'before' });
    await client.ping({ signal: new AbortController().signal });
  });

  it('refuses a body above the limit before it costs the connection', async () => {
    const server = await startServer();
    const client = await connect(server.endpoint);
    const body = Buffer.alloc(limits.batch_bytes_max + 1);
    const error = await failure(client.publish({ producer: 'p', first: 1, count: 1, acked: 0, body }));
    expect(error).toMatchObject({ code: 'too_large' });
    await client.ping();
    expect(server.counters).toMatchObject({ requests: 1, refused: 0 });
  });

  it('takes a reply whose header is larger than one of a request may be', async () => {
    const runs = Array.from({ length: 40_000 }, (_, index): SeqRun => [2 * index + 1, 1, 1792681200.123456]);
    const server = await startServer((_request, _peer, respond) => {
      respond({ op: 'fetch', from: 1, next: 2, end: 2, runs, body: Buffer.alloc(0) });
    });
    const client = await connect(server.endpoint);
    expect((await client.fetch({ from: 1 })).runs).toEqual(runs);
  });

  it('rejects at once, and does not throw, while there is no bus', async () => {
    const client = startClient('tcp://127.0.0.1:1');
    expect(client.status.state).toBe('connecting');
    expect(await failure(client.ping())).toBeInstanceOf(NotConnectedError);
    expect(await failure(client.connected({ timeout_ms: 50 }))).toBeInstanceOf(DeadlineError);
  });

  it('rejects what is outstanding and what comes after, when it is closed', async () => {
    const server = await startServer(() => undefined);
    const client = await connect(server.endpoint);
    const asked = failure(client.ping());
    client.close();
    client.close();
    expect(await asked).toBeInstanceOf(ClientClosedError);
    expect(await failure(client.ping())).toBeInstanceOf(ClientClosedError);
    expect(await failure(client.connected())).toBeInstanceOf(ClientClosedError);
    expect(client.status.state).toBe('closed');
  });
});

describe('a server', () => {
  it('names the port that is taken, and the setting that changes it', async () => {
    const { endpoint } = await startServer();
    const port = portOf(endpoint);
    const second = new BusServer({
      host: '127.0.0.1',
      port,
      portSetting: 'BITTEN_BUS_PORT',
      handle: agreeing,
    });
    onTestFinished(() => second.close());
    const error = await failure(second.bind());
    expect(error).toBeInstanceOf(PortInUseError);
    expect(error).toMatchObject({ port, remedy: expect.stringContaining('BITTEN_BUS_PORT') });
  });

  it('sends one reply to a request, also when the handler answers twice', async () => {
    const server = await startServer((request, _peer, respond) => {
      respond(agree(request));
      respond({ op: 'error', error: { code: 'internal', message: 'second' } });
    });
    const socket = new Dealer({ linger: 0 });
    onTestFinished(() => socket.close());
    socket.connect(server.endpoint);
    for (const id of [1, 2]) {
      await socket.send(`{"v":1,"op":"ping","id":${id}}`);
      expect((await socket.receive()).map(String)).toEqual([`{"v":1,"id":${id},"ok":true}`]);
    }
  });

  it('answers `internal` when its handler throws, tells its owner, and goes on', async () => {
    const errors: unknown[] = [];
    const server = await startServer(
      (request, _peer, respond) => {
        if (request.op === 'stats') throw new Error('a bug');
        respond(agree(request));
      },
      { onError: (error) => errors.push(error) },
    );
    const client = await connect(server.endpoint);
    expect(await failure(client.stats())).toMatchObject({ code: 'internal' });
    expect(errors).toEqual([new Error('a bug')]);
    await client.ping();
  });

  it('counts the reply to a client that has gone, and goes on', async () => {
    const waiting: Respond[] = [];
    const server = await startServer((request, _peer, respond) => {
      if (request.op === 'fetch') waiting.push(respond);
      else respond(agree(request));
    });
    const gone = await connect(server.endpoint);
    const stays = await connect(server.endpoint);
    const asked = Array.from({ length: 500 }, () => failure(gone.fetch({ from: 1, wait_ms: 60_000 })));
    while (waiting.length < asked.length) await stays.ping();
    gone.close();
    await Promise.all(asked);
    // ZeroMQ's own thread learns of the loss a little later: answer one by one until it has.
    while (server.counters.undelivered === 0 && waiting.length > 0) {
      waiting.pop()?.(agree({ op: 'ping', id: 1 }));
      await stays.ping();
    }
    expect(server.counters.undelivered).toBe(1);
  });
});
