import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { connect, type Socket as TcpSocket } from 'node:net';
import type { Ports } from '@bitten/proof';
import {
  Dealer,
  Pair,
  Pull,
  Push,
  Reply,
  Request,
  Router,
  Subscriber,
  type Writable,
  XSubscriber,
} from 'zeromq';

/** What a process takes of the machine; undefined where there is no /proc. */
export interface Footprint {
  rss_bytes: number;
  descriptors: number;
}

export function footprintOf(pid: number): Footprint | undefined {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    const kib = Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]);
    return { rss_bytes: kib * 1024, descriptors: readdirSync(`/proc/${pid}/fd`).length };
  } catch {
    return undefined;
  }
}

/** A connection that says these bytes and then waits; null where nobody lets it in. */
export async function sayAndWait(port: number, bytes: Buffer): Promise<TcpSocket> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  socket.resume();
  await Promise.race([once(socket, 'connect'), once(socket, 'close')]);
  if (!socket.destroyed) socket.write(bytes);
  return socket;
}

/** What a port scanner does: comes in, says nothing or something, and has gone. */
export async function scanPort(port: number, times: number): Promise<void> {
  for (let done = 0; done < times; done += 100) {
    const sockets = await Promise.all(
      Array.from({ length: 100 }, (_, i) =>
        sayAndWait(port, i % 2 === 0 ? Buffer.alloc(0) : randomBytes(64)),
      ),
    );
    for (const socket of sockets) socket.destroy();
  }
}

const greeting = Buffer.concat([
  Buffer.from([0xff, 0, 0, 0, 0, 0, 0, 0, 1, 0x7f, 3, 0]),
  Buffer.from('NULL'),
  Buffer.alloc(48),
]);

/** First words of programs that are no ZeroMQ, or stop being it. */
export const firstWords: ReadonlyArray<[what: string, bytes: Buffer]> = [
  ['an HTTP request', Buffer.from('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n')],
  ['a TLS hello', Buffer.from([0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3])],
  ['random bytes', randomBytes(5_000)],
  ['zeros', Buffer.alloc(5_000)],
  ['half a greeting', greeting.subarray(0, 11)],
  ['a greeting and nothing more', greeting],
  [
    'a greeting of another mechanism',
    Buffer.concat([greeting.subarray(0, 12), Buffer.from('GSSAPI'), Buffer.alloc(46)]),
  ],
  ['a greeting and noise', Buffer.concat([greeting, randomBytes(500)])],
  [
    'a command of 2^63 bytes',
    Buffer.concat([greeting, Buffer.from([6, 0x7f, 255, 255, 255, 255, 255, 255, 255])]),
  ],
];

/** One socket of every type at a port, each having sent what it can send; `close` ends them. */
export async function wrongSockets(port: number, message: string): Promise<{ close: () => void }> {
  const quiet = { linger: 0, sendTimeout: 200 };
  const writers = [
    new Request(quiet),
    new Push(quiet),
    new Dealer(quiet),
    new Pair(quiet),
    new XSubscriber(quiet),
  ];
  const others = [
    new Reply({ linger: 0 }),
    new Router({ linger: 0 }),
    new Pull({ linger: 0 }),
    new Subscriber(),
  ];
  for (const socket of [...writers, ...others]) socket.connect(`tcp://127.0.0.1:${port}`);
  (others[3] as Subscriber).subscribe('');
  const sendings = writers.map((socket) =>
    (socket as Writable).send(message as never).catch(() => undefined),
  );
  await Promise.all(sendings);
  return {
    close: () => {
      for (const socket of [...writers, ...others]) socket.close();
    },
  };
}

/**
 * Frames larger than any that are let in: ZeroMQ cuts the connection, and does not keep them. `close` ends the
 * sockets, which do not come back by themselves.
 */
export async function sendOversize(ports: Ports): Promise<{ close: () => void }> {
  const impatient = { linger: 0, reconnectInterval: -1, sendTimeout: 5_000 };
  const header = '{"v":1,"op":"publish","id":1,"producer":"large","first":1,"count":1,"acked":0}';
  const dealer = new Dealer(impatient);
  const push = new Push(impatient);
  const subscriber = new Subscriber({ linger: 0, reconnectInterval: -1 });
  dealer.connect(`tcp://127.0.0.1:${ports.bus}`);
  push.connect(`tcp://127.0.0.1:${ports.pull}`);
  subscriber.connect(`tcp://127.0.0.1:${ports.pub}`);
  subscriber.subscribe('x'.repeat(5_000_000));
  await dealer.send([header, Buffer.alloc(17 * 1024 * 1024, 'x')]).catch(() => undefined);
  await push.send(Buffer.alloc(9 * 1024 * 1024, 'x')).catch(() => undefined);
  return {
    close: () => {
      for (const socket of [dealer, push, subscriber]) socket.close();
    },
  };
}
