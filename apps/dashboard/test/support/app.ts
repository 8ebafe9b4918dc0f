import { createLogger } from '@bitten/runtime';
import type { Hono } from 'hono';
import { AlertDesk } from '../../src/alerts/alert-desk.js';
import { createApp, type Routes } from '../../src/http/app.js';
import { readToken, TokenCheck } from '../../src/http/token.js';
import type { Hub } from '../../src/live/hub.js';
import { Live } from '../../src/live/live.js';
import type { QueryPool } from '../../src/queries/pool.js';
import type { System } from './system.js';

const origin = 'http://127.0.0.1:5580';

export interface Answer {
  status: number;
  /** Parsed. */
  body: unknown;
}

/** The dashboard's requests over a system, without its server and its workers. */
export class App {
  readonly hub: Hub;
  readonly #app: Hono;
  readonly #token: string;

  constructor(system: System, routes: readonly Routes[]) {
    const stop = new AbortController();
    system.over(() => stop.abort());
    const [bus, queries] = [system.access(), system.queries as QueryPool];
    const alerts = new AlertDesk({ dataDir: system.dataDir, by: 'ann' });
    system.over(() => alerts.close());
    this.#token = readToken(system.dataDir);
    const live = new Live({ dataDir: system.dataDir, bus, queries, askAlerts: async () => alerts.summary() });
    system.over(() => live.stop());
    this.hub = live.hub;
    this.#app = createApp(
      {
        version: 'test',
        dataDir: system.dataDir,
        place: system.place,
        flags: '',
        origin: () => origin,
        alerts,
        bus,
        queries,
        live,
        hub: live.hub,
        token: new TokenCheck(this.#token),
        log: createLogger({ app: 'dashboard', level: 'error', format: 'json' }),
        signal: stop.signal,
      },
      routes,
    );
  }

  async get(path: string): Promise<Answer> {
    return answerOf(await this.#app.request(`${origin}${path}`, { headers: { host: '127.0.0.1:5580' } }));
  }

  /** With the token, unless `token` says otherwise; null for none. */
  async send(
    method: 'POST' | 'PATCH' | 'DELETE',
    path: string,
    body?: unknown,
    token: string | null = this.#token,
  ): Promise<Answer> {
    const response = await this.#app.request(`${origin}${path}`, {
      method,
      headers: {
        host: '127.0.0.1:5580',
        ...(token === null ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    return answerOf(response);
  }
}

async function answerOf(response: Response): Promise<Answer> {
  const text = await response.text();
  return { status: response.status, body: text === '' ? null : JSON.parse(text) };
}
