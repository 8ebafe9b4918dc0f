import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { BusClient } from '@bitten/transport';
import { onTestFinished } from 'vitest';
import { makeFolder } from './files.js';

const cli = fileURLToPath(new URL('../../dist/bitten.js', import.meta.url));
const bus = fileURLToPath(new URL('../../../bus/dist/index.js', import.meta.url));

/** Tests of the built programs need them built. */
export const isBuilt = existsSync(cli) && existsSync(bus);

export interface Outcome {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** What `stats --json` and `import --json` print, as far as tests look into it. */
export interface Printed {
  bus: { why: string; stats: { log: { next: number }; dead_letters: { next: number } } };
  reasons: string[];
}

/** A data folder and ports of its own, and whatever runs there. */
export class Place {
  readonly dataDir = makeFolder();
  readonly env: NodeJS.ProcessEnv;
  readonly busPort: number;
  #bus: ChildProcess | undefined;

  private constructor([pub, pull, busPort]: number[]) {
    this.busPort = busPort!;
    this.env = {
      PATH: process.env.PATH,
      BITTEN_DATA_DIR: this.dataDir,
      BITTEN_PUB_PORT: String(pub),
      BITTEN_PULL_PORT: String(pull),
      BITTEN_BUS_PORT: String(busPort),
      BITTEN_BUS_HTTP_PORT: 'none',
      BITTEN_COLLECTOR_HTTP_PORT: 'none',
      BITTEN_LOG_LEVEL: 'silent',
    };
  }

  static async make(): Promise<Place> {
    const place = new Place(await freePorts(3));
    onTestFinished(() => place.killBus());
    return place;
  }

  async startBus(): Promise<void> {
    this.#bus = spawn(process.execPath, [bus], { env: this.env, stdio: 'ignore' });
    (await this.client()).close();
  }

  /** A bus that lets in nobody without a key: commands are asked whether it is there. */
  async startGuardedBus(): Promise<void> {
    const child = spawn(process.execPath, [bus], {
      env: { ...this.env, BITTEN_CURVE: 'true' },
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    this.#bus = child;
    await new Promise((resolve, reject) => {
      child.once('message', resolve);
      child.once('exit', (code) => reject(new Error(`the bus ended with ${code}`)));
    });
    child.disconnect();
  }

  /** A connected client of its bus. */
  async client(): Promise<BusClient> {
    const client = new BusClient({ port: this.busPort });
    await client.connected({ timeout_ms: 20_000 });
    return client;
  }

  async killBus(): Promise<void> {
    const child = this.#bus;
    this.#bus = undefined;
    if (child === undefined || child.exitCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await ended;
  }

  start(args: readonly string[], options: { env?: NodeJS.ProcessEnv } = {}): ChildProcess {
    const child = spawn(process.execPath, [cli, ...args], { env: { ...this.env, ...options.env } });
    onTestFinished(() => void child.kill('SIGKILL'));
    return child;
  }

  run(args: readonly string[], options: { input?: string; env?: NodeJS.ProcessEnv } = {}): Promise<Outcome> {
    const child = this.start(args, options);
    child.stdin!.end(options.input ?? '');
    return endOf(child);
  }

  /** Runs a command that prints one JSON object. Where it prints none, the error shows what it said instead. */
  async runJson(args: readonly string[], options: { env?: NodeJS.ProcessEnv } = {}): Promise<Printed> {
    const { code, stdout, stderr } = await this.run(args, options);
    if (stdout === '')
      throw new Error(`bitten ${args.join(' ')} printed nothing, exit code ${code}: ${stderr}`);
    return JSON.parse(stdout) as Printed;
  }

  /** The events of a type in the log, in order. */
  async events(type: string): Promise<Array<Record<string, unknown>>> {
    const { stdout } = await this.run(['tail', '--from', 'start', '-e', '--json', '--type', type]);
    return linesOf(stdout).map((line) => JSON.parse(line) as Record<string, unknown>);
  }
}

export function endOf(child: ChildProcess): Promise<Outcome> {
  let stdout = '';
  let stderr = '';
  child.stdout!.on('data', (chunk: Buffer) => {
    stdout += chunk.toString();
  });
  child.stderr!.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, stdout, stderr })));
}

export function linesOf(text: string): string[] {
  return text.split('\n').filter((line) => line !== '');
}

/** Resolves once a stream has said something. */
export function hears(child: ChildProcess, stream: 'stdout' | 'stderr', pattern: RegExp): Promise<void> {
  return new Promise((resolve) => {
    let heard = '';
    child[stream]!.on('data', (chunk: Buffer) => {
      heard += chunk.toString();
      if (pattern.test(heard)) resolve();
    });
  });
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
