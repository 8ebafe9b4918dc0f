import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import type { Hono } from 'hono';
import type { HealthOptions } from './types.js';

interface HealthServerOptions extends Pick<HealthOptions<never>, 'log' | 'portSetting' | 'retry_ms'> {
  port: number;
  pages: Hono;
}

const host = '127.0.0.1';
const retry_ms_default = 30_000;
/** Who asks is on this machine and asks for little. */
const bounds = {
  requestTimeout: 5_000,
  headersTimeout: 5_000,
  keepAliveTimeout: 5_000,
  maxHeaderSize: 8 * 1024,
};
const connections_max = 64;

/**
 * Listens for whoever wants to know how the app is. It is never the reason for which an app does not run: a port that
 * is taken is said in the log, once, and tried again now and then.
 */
export class HealthServer {
  readonly #o: HealthServerOptions;
  readonly #server: Server;
  #retry: NodeJS.Timeout | undefined;
  #isStopped = false;
  #wasTold = false;

  constructor(options: HealthServerOptions) {
    this.#o = options;
    // The globals of the process stay Node's own.
    const listener = getRequestListener(options.pages.fetch, { overrideGlobalObjects: false });
    this.#server = createServer(bounds, (request, response) => void listener(request, response));
    this.#server.maxConnections = connections_max;
  }

  /** Null where nothing listens now. */
  get port(): number | null {
    return this.#server.listening ? (this.#server.address() as AddressInfo).port : null;
  }

  /** Resolves when it listens, or has found that it cannot for now. */
  async start(): Promise<void> {
    const error = await this.#listen();
    if (this.#isStopped) return this.#close();
    if (error === null) {
      if (this.#wasTold) this.#o.log.info({ port: this.port }, 'metrics and health are served now');
      this.#wasTold = false;
      return;
    }
    this.#tell(error);
    this.#retry = setTimeout(() => void this.start(), this.#o.retry_ms ?? retry_ms_default);
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    clearTimeout(this.#retry);
    await this.#close();
  }

  /** Null, or why not. */
  #listen(): Promise<NodeJS.ErrnoException | null> {
    return new Promise((resolve) => {
      this.#server.once('error', resolve);
      this.#server.listen({ host, port: this.#o.port, exclusive: true }, () => {
        this.#server.off('error', resolve);
        // What goes wrong with one connection is not the app's.
        this.#server.on('error', () => {});
        resolve(null);
      });
    });
  }

  #tell(error: NodeJS.ErrnoException): void {
    if (this.#wasTold) return;
    this.#wasTold = true;
    const { log, port, portSetting } = this.#o;
    const why = error.code === 'EADDRINUSE' ? 'is taken by another program' : `cannot be had (${error.code})`;
    log.warn(
      { port },
      `metrics and health are not served: port ${port} ${why}; free it, choose another with ${portSetting}, or none`,
    );
  }

  #close(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.closeAllConnections();
      this.#server.close(() => resolve());
    });
  }
}
