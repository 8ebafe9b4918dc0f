import { onTestFinished } from 'vitest';
import { BusClient } from '../src/client.js';
import type { BusClientOptions } from '../src/client-options.js';
import type { Reply, Request } from '../src/messages.js';
import { BusServer, type BusServerOptions, type Handle } from '../src/server.js';

/** A bus that says yes to everything, for tests that are not about what it answers. */
export function agree(request: Request): Reply {
  switch (request.op) {
    case 'publish':
      return { op: 'publish', level: 'fsynced', seqs: [[request.first, 1, request.count]], rejected: [] };
    case 'producer':
      return { op: 'producer', last: 7 };
    case 'fetch':
      return { op: 'fetch', from: 1, next: 1, end: 1, runs: [], body: Buffer.alloc(0) };
    case 'replay':
      return { op: 'replay', next: 3, end: 9, sent: 2, unheard: 0 };
    case 'last_values':
      return { op: 'last_values', next: 1, more: false, runs: [], body: Buffer.alloc(0) };
    case 'hello':
      return { op: 'hello', server: 'test/1', log_id: 'log', first: 1, next: 1, limits: { event_bytes: 5 } };
    case 'ping':
    case 'cursor_delete':
      return { op: request.op };
    case 'cursor_list':
      return { op: 'cursor_list', cursors: [] };
    case 'cursor_open':
    case 'cursor_commit':
    case 'cursor_reset':
      return { op: request.op, name: request.name, next: 1 };
    case 'stats':
      return { op: 'error', error: { code: 'internal', message: 'no stats here' } };
  }
}

export const agreeing: Handle = (request, _peer, respond) => respond(agree(request));

/** A server on a free port, closed after the test. */
export async function startServer(
  handle: Handle = agreeing,
  options: Partial<BusServerOptions> = {},
): Promise<BusServer> {
  const server = new BusServer({ host: '127.0.0.1', port: 0, ...options, handle });
  await server.bind();
  onTestFinished(() => server.close());
  return server;
}

/** A client that is not connected yet, closed after the test. */
export function startClient(endpoint: string, options: BusClientOptions = {}): BusClient {
  const client = new BusClient({ endpoint, ...options });
  onTestFinished(() => client.close());
  return client;
}

export async function connect(endpoint: string, options: BusClientOptions = {}): Promise<BusClient> {
  const client = startClient(endpoint, options);
  await client.connected();
  return client;
}

export function portOf(endpoint: string): number {
  return Number(endpoint.slice(endpoint.lastIndexOf(':') + 1));
}

/** What a promise rejects with; fails the test where it resolves. */
export async function failure(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    (value) => {
      throw new Error(`expected a rejection, got ${JSON.stringify(value)}`);
    },
    (error: unknown) => error,
  );
}
