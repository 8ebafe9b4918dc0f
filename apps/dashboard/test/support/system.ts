import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { openStore, type SqliteStore } from '@bitten/storage/store';
import {
  addToAllowList,
  BusClient,
  createClientKey,
  createServerKey,
  joinEvents,
  keyFilesIn,
  readClientKey,
  splitEvents,
} from '@bitten/transport';
import { onTestFinished } from 'vitest';
import { BusAccess } from '../../src/bus/access.js';
import type { QueryPool } from '../../src/queries/pool.js';
import { queries } from '../../src/queries/queries.js';

const bus = fileURLToPath(new URL('../../../bus/dist/index.js', import.meta.url));
const collector = fileURLToPath(new URL('../../../collector/dist/index.js', import.meta.url));

/** Bus and collector as they are built: the tests over them need both. */
export const isBuilt = existsSync(bus) && existsSync(collector);

/** A real bus and a real collector on free ports and a folder of their own, ended with the test. */
export class System {
  readonly dataDir = mkdtempSync(join(tmpdir(), 'bitten-dashboard-'));
  readonly place: { host: string; busPort: number; keyFile: string | null };
  readonly pubPort: number;
  readonly #env: NodeJS.ProcessEnv;
  readonly #children = new Map<string, ChildProcess>();
  #published = 0;
  #client: BusClient | undefined;
  #store: SqliteStore | undefined;
  readonly #ends: Array<() => void | Promise<void>> = [];

  private constructor([pub, pull, busPort]: number[]) {
    this.pubPort = pub!;
    this.place = { host: '127.0.0.1', busPort: busPort!, keyFile: null };
    this.#env = {
      PATH: process.env.PATH,
      BITTEN_DATA_DIR: this.dataDir,
      BITTEN_PUB_PORT: String(pub),
      BITTEN_PULL_PORT: String(pull),
      BITTEN_BUS_PORT: String(busPort),
      BITTEN_BUS_HTTP_PORT: 'none',
      BITTEN_COLLECTOR_HTTP_PORT: 'none',
      BITTEN_LOG_LEVEL: 'error',
      // Where a test is cut off, nobody else ends them.
      BITTEN_STOP_WITH_PARENT: '1',
    };
  }

  /**
   * Both run, and are ready, when it resolves; with `collects: false` only the bus. They are ended with the test, or
   * with `isShared` by whoever calls `end`. With `isGuarded` the bus lets in only who has a key, as `place` does.
   */
  static async start({ collects = true, isShared = false, isGuarded = false } = {}): Promise<System> {
    const system = new System(await freePorts(3));
    if (!isShared) onTestFinished(() => system.end());
    if (isGuarded) system.#guard();
    await system.startBus();
    if (collects) await system.#run('collector', collector);
    return system;
  }

  #guard(): void {
    const keysDir = join(this.dataDir, 'keys');
    createServerKey(keysDir);
    const { file, key } = createClientKey(keysDir, 'dashboard');
    addToAllowList(keyFilesIn(keysDir).allowed, key);
    this.place.keyFile = file;
    Object.assign(this.#env, { BITTEN_CURVE: 'true', BITTEN_KEY_FILE: file });
  }

  startBus(): Promise<void> {
    return this.#run('bus', bus);
  }

  async killBus(): Promise<void> {
    await this.#kill('bus');
  }

  /** Has something done when the system ends, before its programs do. */
  over(end: () => void | Promise<void>): void {
    this.#ends.push(end);
  }

  /** A connected client, closed with it. */
  async client(): Promise<BusClient> {
    const client = new BusClient({ port: this.place.busPort, name: 'test', key: this.#key() });
    this.over(() => client.close());
    await client.connected({ timeout_ms: 60_000 });
    return client;
  }

  #key() {
    const { keyFile } = this.place;
    return keyFile === null ? undefined : readClientKey(keyFile);
  }

  /** A bus access as the dashboard has one. */
  access(): BusAccess {
    const { host, busPort: port, keyFile } = this.place;
    const access = new BusAccess({ host, port, keyFile });
    this.over(() => access.close());
    return access;
  }

  /** Appends events, one batch, and returns what the bus said. */
  async publish(...events: ReadonlyArray<object | string>) {
    this.#client ??= await this.client();
    const body = joinEvents(
      events.map((event) => (typeof event === 'string' ? event : JSON.stringify(event))),
    );
    const first = this.#published + 1;
    this.#published += events.length;
    return this.#client.publish({ producer: 'test', first, count: events.length, acked: first - 1, body });
  }

  /** Publishes what will be refused; the place of its dead letter, which the store has then. */
  async refuse(text: string, { isStored = true } = {}): Promise<number> {
    const reply = await this.publish(text);
    const place = reply.rejected[0]!.dead_letter!;
    if (isStored) await until(() => this.store.cursor('dead_letters') > place);
    return place;
  }

  /** The texts of everything in the log but the programs' own words, in order. */
  async texts(): Promise<string[]> {
    this.#client ??= await this.client();
    const { body } = await this.#client.fetch({ from: 'start', max_bytes: 8 * 1024 * 1024 });
    return splitEvents(body).filter((text) => !/"source":"(event_bus|data_collector)"/.test(text));
  }

  /** The same, parsed. */
  async logged(): Promise<Array<Record<string, unknown>>> {
    return (await this.texts()).map((text) => JSON.parse(text) as Record<string, unknown>);
  }

  /** The store, read here. */
  get store(): SqliteStore {
    this.#store ??= openStore({ file: join(this.dataDir, 'bitten_events.db'), readonly: true });
    return this.#store;
  }

  /** Resolves when the store has everything that is in the log now. */
  async settled(): Promise<void> {
    this.#client ??= await this.client();
    const { next } = await this.#client.hello();
    await until(() => this.store.cursor('events') >= next);
  }

  /** The queries as the workers run them, on a connection of this thread. */
  get queries(): Pick<QueryPool, 'ask'> {
    return {
      ask: (async (name: keyof typeof queries, argument: never) =>
        this.#query(name, argument)) as QueryPool['ask'],
    };
  }

  #query(name: keyof typeof queries, argument: never): unknown {
    return (queries[name] as (store: SqliteStore, argument: never) => unknown)(this.store, argument);
  }

  async #run(name: string, script: string): Promise<void> {
    const child = spawn(process.execPath, [script], {
      env: this.#env,
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    this.#children.set(name, child);
    await new Promise((resolve, reject) => {
      child.once('message', resolve);
      child.once('exit', (code) => reject(new Error(`the ${name} ended with ${code}`)));
    });
    child.unref();
    child.channel?.unref();
  }

  async #kill(name: string): Promise<void> {
    const child = this.#children.get(name);
    this.#children.delete(name);
    if (child === undefined || child.exitCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await ended;
  }

  async end(): Promise<void> {
    for (const end of this.#ends.reverse()) await end();
    this.#store?.close();
    for (const name of [...this.#children.keys()]) await this.#kill(name);
    rmSync(this.dataDir, { recursive: true, force: true });
  }
}

/** Waits until something is so. Giving up is a failure: no result depends on how long it took. */
export async function until(isSo: () => boolean | Promise<boolean>, timeout_ms = 60_000): Promise<void> {
  const deadline = performance.now() + timeout_ms;
  while (!(await isSo())) {
    if (performance.now() > deadline) throw new Error(`waited ${timeout_ms} ms in vain for ${isSo}`);
    await sleep(10);
  }
}

async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer();
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      return server;
    }),
  );
  const ports = servers.map((server) => (server.address() as { port: number }).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}
