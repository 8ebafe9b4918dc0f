import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect as connectTcp } from 'node:net';
import { limits } from '@bitten/schema';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Dealer, Push, Request as RequestSocket, Subscriber } from 'zeromq';
import { frame_bytes_max } from '../src/frames.js';
import type { BusServer } from '../src/server.js';
import { agree, connect, portOf, startServer } from './support.js';

/** A plain DEALER: what a client in another language is. */
function dealer(server: BusServer, options: ConstructorParameters<typeof Dealer>[0] = {}): Dealer {
  const socket = new Dealer({ linger: 0, ...options });
  socket.connect(server.endpoint);
  onTestFinished(() => socket.close());
  return socket;
}

/** The server still serves: what was sent before on the same connection has been looked at. */
async function ask(socket: Dealer, header: object, ...rest: Buffer[]): Promise<unknown> {
  await socket.send([JSON.stringify(header), ...rest]);
  const [reply] = await socket.receive();
  return JSON.parse(String(reply));
}

describe('a server among strangers', () => {
  it('counts and drops what is no request, and serves the next one on the same connection', async () => {
    const server = await startServer();
    const socket = dealer(server);
    const garbage = Array.from({ length: 50 }, (_, size) => randomBytes(size * 7));
    for (const bytes of garbage) await socket.send(bytes);
    await socket.send(['', '{"v":1,"op":"ping","id":1}']);
    await socket.send(['', '', '', '']);
    await socket.send('{"v":1,"op":"ping"}');
    await socket.send('{"v":1,"op":"ping","id":"x"}');
    expect(await ask(socket, { v: 1, op: 'ping', id: 5 })).toEqual({ v: 1, id: 5, ok: true });
    expect(server.counters).toMatchObject({ malformed: garbage.length + 4, refused: 0, requests: 1 });
  });

  it('answers a bad request with the field that is wrong', async () => {
    const server = await startServer();
    const reply = await ask(dealer(server), { v: 1, op: 'fetch', id: 4, from: 'middle' });
    expect(reply).toEqual({
      v: 1,
      id: 4,
      ok: false,
      error: {
        code: 'bad_request',
        message: expect.stringContaining('from is "middle"'),
        found: '"middle"',
        expected: expect.any(String),
      },
    });
    expect(server.counters).toMatchObject({ refused: 1, requests: 0 });
  });

  it('says `too_large` of a body above the limit, and closes the connection at one far above it', async () => {
    const server = await startServer();
    const publish = { v: 1, op: 'publish', id: 1, producer: 'p', first: 1, count: 1, acked: 0 };
    const large = await ask(dealer(server), publish, Buffer.alloc(limits.batch_bytes_max + 1, 'x'));
    expect(large).toMatchObject({ error: { code: 'too_large' } });

    const socket = dealer(server, { immediate: true, reconnectInterval: -1 });
    const { events } = socket;
    await socket.send([JSON.stringify(publish), Buffer.alloc(frame_bytes_max + 1, 'x')]);
    for (let event = await events.receive(); event.type !== 'disconnect'; event = await events.receive());
    await (await connect(server.endpoint)).ping();
    expect(server.counters.requests).toBe(1);
  });

  it.each([
    ['an HTTP request', Buffer.from('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n')],
    ['random bytes', randomBytes(5000)],
    ['half a ZeroMQ greeting', Buffer.from([0xff, 0, 0, 0, 0, 0, 0, 0, 1, 0x7f, 3])],
    ['nothing', Buffer.alloc(0)],
  ])('outlives a TCP connection that sends %s', async (_what, bytes) => {
    const server = await startServer();
    const socket = connectTcp(portOf(server.endpoint), '127.0.0.1');
    socket.on('error', () => undefined);
    await once(socket, 'connect');
    socket.end(bytes);
    socket.resume();
    await (await connect(server.endpoint)).ping();
    socket.destroy();
    await (await connect(server.endpoint)).ping();
  });

  it('outlives sockets of the wrong type', async () => {
    const server = await startServer();
    const sockets = [new Subscriber(), new Push({ linger: 0 }), new RequestSocket({ linger: 0 })] as const;
    for (const socket of sockets) socket.connect(server.endpoint);
    sockets[0].subscribe();
    // ZeroMQ lets a REQ talk to a ROUTER; its empty first frame is no header.
    await sockets[2].send('{"v":1,"op":"ping","id":1}');
    const client = await connect(server.endpoint);
    while (server.counters.malformed === 0) await client.ping();
    for (const socket of sockets) socket.close();
    await client.ping();
  });

  it('keeps a bounded number of replies for a client that never reads', async () => {
    const page = {
      op: 'fetch',
      from: 1,
      next: 2,
      end: 2,
      runs: [],
      body: Buffer.alloc(64 * 1024, 'x'),
    } as const;
    const server = await startServer((request, _peer, respond) => {
      respond(request.op === 'fetch' ? { ...page, runs: [] } : agree(request));
    });
    const deaf = dealer(server, { receiveHighWaterMark: 1, receiveBufferSize: 4096 });
    for (let id = 0; id < 3000; id++) await deaf.send(`{"v":1,"op":"fetch","id":${id},"from":1}`);
    const client = await connect(server.endpoint);
    while (server.counters.undelivered === 0) await client.ping();
    await client.ping();
  });
});
