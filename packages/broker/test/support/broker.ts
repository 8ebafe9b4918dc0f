import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DeadLetter } from '@bitten/storage/store';
import { BusClient, type FetchOptions, type PublishReply, splitEvents } from '@bitten/transport';
import { onTestFinished, vi } from 'vitest';
import { Broker, type BrokerOptions } from '../../src/index.js';
import { bodyOf } from './events.js';

// Nothing here depends on the time a machine takes that has others to serve.
vi.setConfig({ testTimeout: 30_000 });

/** What a broker said of itself. */
interface Said {
  lines: string[];
  problems: unknown[];
  retained: number;
}

export interface Running {
  broker: Broker;
  said: Said;
}

export function temporaryDir(): string {
  const dir = mkdtempSync(join(tmpdir(), 'bitten-broker-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

/** A broker on ports of the system's choice, stopped when the test has finished. */
export async function startBroker(options: Partial<BrokerOptions> = {}): Promise<Running> {
  const said: Said = { lines: [], problems: [], retained: 0 };
  const broker = new Broker({
    dataDir: options.dataDir ?? temporaryDir(),
    host: '127.0.0.1',
    ports: { pub: 0, pull: 0, bus: 0 },
    segmentBytesMax: 64 * 1024 * 1024,
    retention: { bytesMax: null, ageMax_s: null },
    heartbeat_ms: 3_600_000,
    version: 'test',
    notices: {
      unavailable: () => said.lines.push('unavailable'),
      available: () => said.lines.push('available'),
      retained: (events) => {
        said.retained += events;
      },
      problem: (error) => said.problems.push(error),
    },
    ...options,
  });
  await broker.start();
  onTestFinished(() => broker.stop());
  return { broker, said };
}

export async function connect(broker: Broker): Promise<BusClient> {
  const client = new BusClient({ port: broker.ports.bus, name: 'test' });
  onTestFinished(() => client.close());
  await client.connected({ timeout_ms: 20_000 });
  return client;
}

/** Publishes texts as one batch of the producer `p`. */
export function publish(
  client: BusClient,
  texts: readonly string[],
  batch: { first?: number; acked?: number; producer?: string; count?: number } = {},
): Promise<PublishReply> {
  const whole = { producer: 'p', first: 1, acked: 0, count: texts.length, ...batch, body: bodyOf(texts) };
  return client.publish(whole, { timeout_ms: 20_000 });
}

/** Everything from a position to the end, as texts with their places; the bus's own events are left out. */
export async function readAll(
  client: BusClient,
  request: Partial<FetchOptions> = {},
): Promise<Array<{ seq: number; text: string }>> {
  const events: Array<{ seq: number; text: string }> = [];
  let from = request.from ?? 'start';
  for (;;) {
    const page = await client.fetch({ ...request, from });
    const texts = splitEvents(page.body);
    for (const [first, count] of page.runs) {
      for (let seq = first; seq < first + count; seq += 1) events.push({ seq, text: texts.shift()! });
    }
    if (page.next >= page.end) break;
    from = page.next;
  }
  return events.filter(({ text }) => !text.includes('"source":"event_bus"'));
}

export async function readDeadLetters(client: BusClient): Promise<DeadLetter[]> {
  return (await readAll(client, { log: 'dead_letters' })).map(({ text }) => JSON.parse(text) as DeadLetter);
}

/** The marks of the events in the log. */
export async function marksInLog(client: BusClient): Promise<unknown[]> {
  return (await readAll(client)).map(({ text }) => JSON.parse(text).data.mark);
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
