import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { BittenError } from '@bitten/schema';
import { getRequestListener } from '@hono/node-server';
import type { Hono } from 'hono';

const host = '127.0.0.1';

/** Streams stay open; everything else is short. */
const bounds = {
  requestTimeout: 30_000,
  headersTimeout: 10_000,
  keepAliveTimeout: 10_000,
  maxHeaderSize: 16 * 1024,
};
const connections_max = 256;

/** The port is somebody else's. */
class PortTakenError extends BittenError {
  constructor(port: number, code: string) {
    super('port_taken', `the dashboard cannot listen on 127.0.0.1:${port} (${code})`, {
      found: code,
      expected: 'a free port',
      remedy: 'free it, or choose another with BITTEN_HTTP_PORT or --http-port',
    });
  }
}

/** Serves the app on loopback, and nowhere else. */
export class DashboardServer {
  readonly #server: Server;
  /** Connections that are being answered. */
  readonly #busy = new WeakSet<Socket>();

  constructor(app: Hono) {
    const listener = getRequestListener(app.fetch, { overrideGlobalObjects: false });
    this.#server = createServer(bounds, (request, response) => {
      if (this.#isFirst(request, response)) void listener(request, response);
    });
    this.#server.maxConnections = connections_max;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Throws `PortTakenError`. */
  listen(port: number): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', (error: NodeJS.ErrnoException) =>
        reject(new PortTakenError(port, error.code ?? error.message)),
      );
      this.#server.listen({ host, port, exclusive: true }, () => {
        this.#server.removeAllListeners('error');
        // What goes wrong with one connection is not the dashboard's.
        this.#server.on('error', () => {});
        resolve();
      });
    });
  }

  /**
   * No browser asks for the next thing on a connection before it has the answer to the one before. Of what is asked
   * behind a stream nothing would ever be sent, and nobody would hear that the connection has ended.
   */
  #isFirst({ socket }: IncomingMessage, response: ServerResponse): boolean {
    if (this.#busy.has(socket)) {
      socket.destroy();
      return false;
    }
    this.#busy.add(socket);
    response.once('close', () => this.#busy.delete(socket));
    return true;
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });
  }
}
