import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BusClient } from '@bitten/transport';
import { onTestFailed, onTestFinished } from 'vitest';
import { component, programs } from './places.js';
import { freePorts, type Ports } from './ports.js';
import { Program } from './program.js';
import { storedUpTo } from './store.js';
import { until } from './until.js';

/**
 * A bus and a collector, as processes of their own, on free ports and a data folder of their own. Everything
 * started through it is ended, and the folder removed, when the test has finished.
 */
export class System {
  readonly ports: Ports;
  readonly dataDir: string;
  readonly #programs: Program[] = [];
  readonly #clients: BusClient[] = [];
  #bus: Program | undefined;
  #collector: Program | undefined;

  private constructor(ports: Ports, dataDir: string) {
    this.ports = ports;
    this.dataDir = dataDir;
  }

  /** Ports and a folder; nothing runs yet. */
  static async prepare(): Promise<System> {
    const system = new System(await freePorts(), mkdtempSync(join(tmpdir(), 'bitten-test-')));
    onTestFailed(() => system.#report());
    onTestFinished(() => system.#clear());
    return system;
  }

  /** Bus and collector, both ready. */
  static async start(): Promise<System> {
    const system = await System.prepare();
    await system.startBus();
    await system.startCollector();
    return system;
  }

  get env(): Record<string, string> {
    return {
      BITTEN_DATA_DIR: this.dataDir,
      BITTEN_PUB_PORT: String(this.ports.pub),
      BITTEN_PULL_PORT: String(this.ports.pull),
      BITTEN_BUS_PORT: String(this.ports.bus),
      BITTEN_LOG_FORMAT: 'json',
    };
  }

  /** The store's file. */
  get database(): string {
    return join(this.dataDir, 'bitten_events.db');
  }

  get bus(): Program {
    if (this.#bus === undefined) throw new Error('the bus has not been started');
    return this.#bus;
  }

  get collector(): Program {
    if (this.#collector === undefined) throw new Error('the collector has not been started');
    return this.#collector;
  }

  async startBus(env: Record<string, string> = {}): Promise<void> {
    this.#bus = this.run('bus', programs.bus, { env });
    await this.#bus.logged('ready', ({ msg }) => msg === 'ready');
  }

  async startCollector(): Promise<void> {
    this.#collector = this.run('collector', programs.collector);
    await this.#collector.logged('ready', ({ msg }) => msg === 'ready');
  }

  /** Starts any program in this system's environment. */
  run(
    name: string,
    script: string,
    { args, env, command }: { args?: readonly string[]; env?: Record<string, string>; command?: string } = {},
  ): Program {
    const program = new Program({
      name,
      script,
      args: args ?? [],
      env: { ...this.env, ...env },
      cwd: this.dataDir,
      ...(command === undefined ? {} : { command }),
    });
    this.#programs.push(program);
    return program;
  }

  /** Starts one of our own components, told what to do as one JSON argument. */
  runComponent(name: Parameters<typeof component>[0], task: object): Program {
    return this.run(name, component(name), { args: [JSON.stringify(task)] });
  }

  /** A file in this system's folder, out of the programs' way. */
  file(name: string): string {
    return join(this.dataDir, name);
  }

  /** A connected client of the bus. */
  async client(): Promise<BusClient> {
    const client = new BusClient({ port: this.ports.bus, name: 'test' });
    this.#clients.push(client);
    await client.connected({ timeout_ms: 30_000 });
    return client;
  }

  /** The `seq` the next event will get. */
  async end(): Promise<number> {
    const client = await this.client();
    try {
      return (await client.hello()).next;
    } finally {
      client.close();
    }
  }

  /** Waits until the store holds everything the bus has, and returns the `seq` the next event will get. */
  async settled(): Promise<number> {
    const end = await this.end();
    await until(`the collector to store up to ${end}`, () => storedUpTo(this.database) >= end, {
      found: () => storedUpTo(this.database),
    });
    return end;
  }

  /** The same for the dead letters, of which there are to be `count`. */
  async deadLettersSettled(count: number): Promise<void> {
    await until(`${count} dead letters`, () => storedUpTo(this.database, 'dead_letters') > count, {
      found: () => storedUpTo(this.database, 'dead_letters'),
    });
  }

  #report(): void {
    for (const program of this.#programs) {
      const { pid, ending } = program;
      console.error(
        `--- ${program.name} (${pid}), ${JSON.stringify(ending ?? 'running')}\n${program.tail()}`,
      );
    }
    if (process.env.BITTEN_TEST_KEEP === '1') console.error(`kept: ${this.dataDir}`);
  }

  async #clear(): Promise<void> {
    for (const client of this.#clients) client.close();
    await Promise.all(this.#programs.map((program) => program.kill()));
    if (process.env.BITTEN_TEST_KEEP !== '1') rmSync(this.dataDir, { recursive: true, force: true });
  }
}
