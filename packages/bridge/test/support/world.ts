import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Broker, type BrokerOptions } from '@bitten/broker';
import type { Envelope } from '@bitten/schema';
import type { DeadLetter } from '@bitten/storage/store';
import { BusClient, splitEvents } from '@bitten/transport';
import { onTestFinished, vi } from 'vitest';
import { type BridgeOptions, type BridgeStatus, EventBridge } from '../../src/index.js';

// Nothing here depends on the time a machine takes that has others to serve.
vi.setConfig({ testTimeout: 30_000 });

/** An event of the log with its place. */
export type Logged = Envelope & { seq: number };

/** A bus that can be stopped and started again, and a folder for it and for spools. */
export class World {
  readonly dir = temporaryDir();
  readonly port: number;
  #options: Partial<BrokerOptions> = {};
  #broker: Broker | undefined;

  private constructor(port: number) {
    this.port = port;
  }

  /** A port and a folder; nothing runs yet. */
  static async prepare(): Promise<World> {
    const world = new World(await freePort());
    onTestFinished(() => world.stop());
    return world;
  }

  /** The same with a bus. */
  static async start(options: Partial<BrokerOptions> = {}): Promise<World> {
    const world = await World.prepare();
    await world.start(options);
    return world;
  }

  get spoolDir(): string {
    return join(this.dir, 'spool');
  }

  async start(options: Partial<BrokerOptions> = this.#options): Promise<void> {
    this.#options = options;
    this.#broker = new Broker({
      dataDir: join(this.dir, 'bus'),
      host: '127.0.0.1',
      ports: { pub: 0, pull: 0, bus: this.port },
      segmentBytesMax: 64 * 1024 * 1024,
      retention: { bytesMax: null, ageMax_s: null },
      heartbeat_ms: 3_600_000,
      version: 'test',
      notices: { unavailable() {}, available() {}, retained() {}, problem() {} },
      ...options,
    });
    await this.#broker.start();
  }

  async stop(): Promise<void> {
    await this.#broker?.stop();
    this.#broker = undefined;
  }

  /** A bridge to this bus, closed after the test. */
  bridge(options: BridgeOptions = {}): EventBridge {
    const bridge = new EventBridge({ name: 'test', ...this.options, ...options });
    onTestFinished(() => bridge.close({ timeout_ms: 0 }));
    return bridge;
  }

  /** How a bridge finds this bus. */
  get options(): BridgeOptions {
    return { host: '127.0.0.1', port: this.port, spoolDir: this.spoolDir };
  }

  /** Everything in the log, but for what the bus says of itself. */
  async events(): Promise<Logged[]> {
    const all = await this.#read('events');
    return all
      .map(({ seq, text }) => ({ ...(JSON.parse(text) as Envelope), seq }))
      .filter(({ source }) => source !== 'event_bus');
  }

  async deadLetters(): Promise<DeadLetter[]> {
    return (await this.#read('dead_letters')).map(({ text }) => JSON.parse(text) as DeadLetter);
  }

  /** What a plain client of the bus says. */
  async ask<Answer>(question: (client: BusClient) => Promise<Answer>): Promise<Answer> {
    const client = new BusClient({ port: this.port });
    try {
      await client.connected({ timeout_ms: 20_000 });
      return await question(client);
    } finally {
      client.close();
    }
  }

  async #read(log: 'events' | 'dead_letters'): Promise<Array<{ seq: number; text: string }>> {
    return this.ask(async (client) => {
      const read: Array<{ seq: number; text: string }> = [];
      for (let from: number | 'start' = 'start'; ; ) {
        const page = await client.fetch({ log, from });
        const texts = splitEvents(page.body);
        for (const [first, count] of page.runs) {
          for (let i = 0; i < count; i += 1) read.push({ seq: first + i, text: texts.shift()! });
        }
        if (page.next >= page.end) return read;
        from = page.next;
      }
    });
  }
}

export function temporaryDir(): string {
  const dir = mkdtempSync(join(tmpdir(), 'bitten-bridge-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

/**
 * A port of loopback nobody listens on, below those the system takes for outgoing connections: a client that
 * connects again and again while the bus is away could otherwise be given the bus's own.
 */
async function freePort(): Promise<number> {
  for (;;) {
    const port = 12_000 + Math.floor(Math.random() * 19_000);
    const isFree = await new Promise<boolean>((resolve) => {
      const server = createServer();
      server.once('error', () => resolve(false));
      server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => resolve(true)));
    });
    if (isFree) return port;
  }
}

/** A valid event; `n` tells it from others. */
export function numbered(n: number | string, data: Record<string, unknown> = {}) {
  return { event_type: 'user_action', source: 'test', data: { user_id: '7', action: 'click', n, ...data } };
}

/** The numbers of events, in order. */
export function numbersOf(events: readonly Envelope[]): unknown[] {
  return events.map(({ data }) => data.n);
}

export function range(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, i) => first + i);
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

/** What a bridge says of itself from now on. */
export function listen(bridge: EventBridge): BridgeStatus[] {
  const said: BridgeStatus[] = [];
  bridge.onStatus((status) => said.push(status));
  return said;
}

/** Rejections nobody handles, from now to the end of the test. */
export function unhandledRejections(): unknown[] {
  const unhandled: unknown[] = [];
  const note = (reason: unknown) => unhandled.push(reason);
  process.on('unhandledRejection', note);
  onTestFinished(() => {
    process.off('unhandledRejection', note);
  });
  return unhandled;
}
