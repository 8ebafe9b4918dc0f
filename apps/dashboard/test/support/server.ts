import { existsSync } from 'node:fs';
import { request } from 'node:http';
import { createLogger } from '@bitten/runtime';
import { onTestFinished } from 'vitest';
import { startDashboard } from '../../src/dashboard.js';
import { readToken } from '../../src/http/token.js';
import { makeFolder } from './folder.js';

const dist = new URL('../../dist/', import.meta.url);

/** The workers run what is built. */
export const hasWorkers = existsSync(new URL('./queries/worker.js', dist));

interface Place {
  dataDir: string;
  place: { host: string; busPort: number; keyFile: string | null };
}

export interface Asked {
  method?: string;
  headers?: Record<string, string>;
  body?: string | Buffer;
}

export interface Answered {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  text: string;
  json<Body = unknown>(): Body;
}

/** The whole dashboard in this process, on a port the system chooses, ended with the test. */
export class Server {
  readonly port: number;
  readonly token: string;
  readonly #stops: Array<() => unknown>;

  private constructor(port: number, token: string, stops: Array<() => unknown>) {
    this.port = port;
    this.token = token;
    this.#stops = stops;
  }

  /** On a system that runs, or on one that is nowhere. */
  static async start(place: Place = nowhere()): Promise<Server> {
    const server = await Server.open(place);
    onTestFinished(() => server.stop());
    return server;
  }

  /** The same for several tests; whoever opens it stops it. */
  static async open(place: Place): Promise<Server> {
    const stops: Array<() => unknown> = [];
    const abort = new AbortController();
    stops.push(() => abort.abort());
    const started = await startDashboard({
      version: 'test',
      dist,
      settings: {
        dataDir: place.dataDir,
        ...place.place,
        httpPort: 0,
        logLevel: 'error',
        logFormat: 'json',
      },
      log: createLogger({ app: 'dashboard', level: 'error', format: 'json' }),
      signal: abort.signal,
      use: async (component) => {
        const made = await component.start();
        stops.push(() => component.stop?.(made));
        return made;
      },
    });
    return new Server(started.port, readToken(place.dataDir), stops);
  }

  get origin(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  async stop(): Promise<void> {
    for (const stop of this.#stops.splice(0).reverse()) await stop();
  }

  /** As any program can ask: no header is added, and none is forbidden. */
  ask(path: string, { method = 'GET', headers = {}, body }: Asked = {}): Promise<Answered> {
    return new Promise((resolve, reject) => {
      const asked = request(
        {
          host: '127.0.0.1',
          port: this.port,
          path,
          method,
          headers: {
            ...headers,
            ...(body === undefined ? {} : { 'content-length': Buffer.byteLength(body) }),
          },
          agent: false,
        },
        (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('error', reject);
          response.on('end', () => {
            const text = Buffer.concat(chunks).toString('utf8');
            const { statusCode: status = 0, headers: told } = response;
            resolve({ status, headers: told, text, json: <Body>() => JSON.parse(text) as Body });
          });
        },
      );
      asked.on('error', reject);
      asked.end(body);
    });
  }

  async get<Body = unknown>(path: string): Promise<Body> {
    const { status, text } = await this.ask(path);
    if (status !== 200) throw new Error(`${path} answered ${status}: ${text}`);
    return JSON.parse(text) as Body;
  }
}

/** A folder without a store, and a port without a bus. */
export function nowhere(dataDir = makeFolder()): Place {
  return { dataDir, place: { host: '127.0.0.1', busPort: 1, keyFile: null } };
}
