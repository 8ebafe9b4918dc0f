import { join } from 'node:path';
import { BusClient } from '@bitten/transport';
import type { Plan } from '../preload/plan.js';
import { apps, preload } from './places.js';
import { freePorts, type Ports } from './ports.js';
import { Program } from './program.js';
import { storedUpTo } from './store.js';
import { until } from './until.js';

export interface SystemOptions {
  /** The data folder; it must be there. Whoever gives it removes it. */
  dataDir: string;
  ports: Ports;
  /** Where programs run and whoever drives them writes down what he knows. Default: the data folder. */
  workDir?: string;
  /** Settings of all the system's programs, beside folder and ports. */
  env?: Readonly<Record<string, string>>;
  /** See `ProgramOptions`. Default true. */
  detached?: boolean;
}

export interface StartOptions {
  env?: Readonly<Record<string, string>>;
  /** A fault to be met within the process. */
  plan?: Plan | undefined;
}

export interface RunOptions extends StartOptions {
  args?: readonly string[];
  /** Default: the node this runs on. */
  command?: string;
}

/**
 * A bus and a collector, as processes of their own, on a data folder somebody gives. `close` ends everything that
 * was started through it.
 */
export class System {
  readonly ports: Ports;
  readonly dataDir: string;
  readonly workDir: string;
  readonly #env: Readonly<Record<string, string>>;
  readonly #detached: boolean;
  readonly #programs = new Set<Program>();
  readonly #clients: BusClient[] = [];
  #bus: Program | undefined;
  #collector: Program | undefined;

  constructor({ dataDir, ports, workDir = dataDir, env = {}, detached = true }: SystemOptions) {
    this.#detached = detached;
    this.ports = ports;
    this.dataDir = dataDir;
    this.workDir = workDir;
    this.#env = env;
  }

  /** Free ports and a folder; nothing runs yet. */
  static async in(dataDir: string, env: Readonly<Record<string, string>> = {}): Promise<System> {
    return new System({ dataDir, ports: await freePorts(), env });
  }

  get env(): Record<string, string> {
    return {
      BITTEN_DATA_DIR: this.dataDir,
      BITTEN_PUB_PORT: String(this.ports.pub),
      BITTEN_PULL_PORT: String(this.ports.pull),
      BITTEN_BUS_PORT: String(this.ports.bus),
      // Many run at the same time, and nobody asks them.
      BITTEN_BUS_HTTP_PORT: 'none',
      BITTEN_COLLECTOR_HTTP_PORT: 'none',
      BITTEN_ALERTS_HTTP_PORT: 'none',
      BITTEN_HTTP_PORT: '0',
      BITTEN_LOG_FORMAT: 'json',
      ...this.#env,
    };
  }

  /** The store's file. */
  get database(): string {
    return join(this.dataDir, 'bitten_events.db');
  }

  /** Everything started so far, whether it still runs or not. */
  get programs(): readonly Program[] {
    return [...this.#programs];
  }

  get bus(): Program {
    if (this.#bus === undefined) throw new Error('the bus has not been started');
    return this.#bus;
  }

  get collector(): Program {
    if (this.#collector === undefined) throw new Error('the collector has not been started');
    return this.#collector;
  }

  /** The bus started last, whether it runs or not. */
  get busNow(): Program | undefined {
    return this.#bus;
  }

  get collectorNow(): Program | undefined {
    return this.#collector;
  }

  /** Starts the bus and waits until it is ready. */
  async startBus(env: Readonly<Record<string, string>> = {}): Promise<void> {
    await this.launchBus({ env }).logged('ready', isReady);
  }

  async startCollector(env: Readonly<Record<string, string>> = {}): Promise<void> {
    await this.launchCollector({ env }).logged('ready', isReady);
  }

  /** Starts the bus and does not wait: it may be meant to die before it is ready. */
  launchBus(options: StartOptions = {}): Program {
    this.#bus = this.run('bus', apps.bus, options);
    return this.#bus;
  }

  launchCollector(options: StartOptions = {}): Program {
    this.#collector = this.run('collector', apps.collector, options);
    return this.#collector;
  }

  /** Starts any program in this system's environment. */
  run(name: string, script: string, { args = [], env, command, plan }: RunOptions = {}): Program {
    const program = new Program({
      name,
      script,
      args,
      env: { ...this.env, ...env, ...(plan === undefined ? {} : { PROOF_PLAN: JSON.stringify(plan) }) },
      cwd: this.workDir,
      detached: this.#detached,
      ...(plan === undefined ? {} : { nodeArgs: ['--import', preload] }),
      ...(command === undefined ? {} : { command }),
    });
    this.#programs.add(program);
    return program;
  }

  /** A file out of the programs' way. */
  file(name: string): string {
    return join(this.workDir, name);
  }

  /** A connected client of the bus. */
  async client(): Promise<BusClient> {
    const client = new BusClient({ port: this.ports.bus, name: 'proof' });
    this.#clients.push(client);
    await client.connected({ timeout_ms: 30_000 });
    return client;
  }

  /** The `seq` the next event and the next dead letter will get. */
  async ends(): Promise<{ events: number; deadLetters: number }> {
    const client = await this.client();
    try {
      const { next } = await client.hello();
      const { dead_letters } = await client.stats();
      return { events: next, deadLetters: dead_letters.next };
    } finally {
      client.close();
    }
  }

  /** The `seq` the next event will get. */
  async end(): Promise<number> {
    return (await this.ends()).events;
  }

  /** Waits until the store holds everything the bus has, dead letters too; returns the next event's `seq`. */
  async settled(): Promise<number> {
    const { events, deadLetters } = await this.ends();
    await this.#stored('events', events);
    await this.#stored('dead_letters', deadLetters);
    return events;
  }

  /** Waits until the store has at least so many dead letters. */
  async deadLettersSettled(count: number): Promise<void> {
    await this.#stored('dead_letters', count + 1);
  }

  /** Ends everything, at once. */
  async close(): Promise<void> {
    for (const client of this.#clients) client.close();
    await Promise.all([...this.#programs].map((program) => program.kill()));
  }

  /** What the last process of each name said last, for a report. */
  tails(): string {
    const last = new Map(this.programs.map((program) => [program.name, program]));
    return [...last.values()]
      .map(
        ({ name, pid, ending, tail }) =>
          `--- ${name} (${pid}), ${JSON.stringify(ending ?? 'running')}\n${tail()}`,
      )
      .join('\n');
  }

  async #stored(log: 'events' | 'dead_letters', end: number): Promise<void> {
    await until(`the store to hold ${log} up to ${end}`, () => storedUpTo(this.database, log) >= end, {
      found: () => storedUpTo(this.database, log),
    });
  }
}

/** The line an app logs when it is at work. */
export function isReady({ msg }: { msg?: string }): boolean {
  return msg === 'ready';
}
