import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Broker, type BrokerOptions } from '@bitten/broker';
import { BusClient, splitEvents } from '@bitten/transport';
import { onTestFinished } from 'vitest';
import { type Ask, type DeadLetter, fetchLetter, Settler } from '../src/index.js';

const moment = 1_757_957_318.5;

/** An event as JSON. */
export function eventText(event_type: string, data: unknown, more: Record<string, unknown> = {}): string {
  return JSON.stringify({ event_type, timestamp: moment, source: 'webapp', ...more, data });
}

/** A dead letter as the bus would write it. */
export function letterOf(payload: string, fields: Partial<DeadLetter> = {}): DeadLetter {
  return {
    id: 1,
    received_at: moment,
    door: '5572',
    producer: 'webapp-1',
    producer_seq: 1,
    event_type: 'user_action',
    source: 'webapp',
    payload,
    encoding: 'utf8',
    issues: [{ path: 'data.user_id', code: 'missing', found: 'nothing', expected: 'string' }],
    ...fields,
  };
}

/** A real bus on free ports, and what tests do with it. */
export class Bus {
  readonly #broker: Broker;
  readonly client: BusClient;
  readonly logId: string;

  private constructor(broker: Broker, client: BusClient, logId: string) {
    this.#broker = broker;
    this.client = client;
    this.logId = logId;
  }

  static async start(options: Partial<BrokerOptions> = {}): Promise<Bus> {
    const dataDir = mkdtempSync(join(tmpdir(), 'bitten-letters-'));
    onTestFinished(() => rmSync(dataDir, { recursive: true, force: true }));
    const nothing = (): void => undefined;
    const broker = new Broker({
      dataDir,
      host: '127.0.0.1',
      ports: { pub: 0, pull: 0, bus: 0 },
      segmentBytesMax: 64 * 1024 * 1024,
      retention: { bytesMax: null, ageMax_s: null },
      heartbeat_ms: 3_600_000,
      version: 'test',
      notices: { unavailable: nothing, available: nothing, retained: nothing, problem: nothing },
      ...options,
    });
    await broker.start();
    onTestFinished(() => broker.stop());
    const client = await connect(broker.ports.bus);
    return new Bus(broker, client, (await client.hello()).log_id);
  }

  get port(): number {
    return this.#broker.ports.bus;
  }

  /** Each request once, on the bus's own client. */
  get ask(): Ask {
    return (request) => request(this.client);
  }

  settler(ask: Ask = this.ask): Settler {
    return new Settler({ ask, logId: this.logId, by: 'ann' });
  }

  /** Publishes what will be refused, and returns it as a dead letter. */
  async refuse(text: string | Buffer, producer = 'webapp-1'): Promise<DeadLetter> {
    const first = (await this.client.producerState(producer)) + 1;
    const batch = { producer, first, count: 1, acked: first - 1, body: Buffer.from(text) };
    const reply = await this.client.publish(batch);
    return fetchLetter(this.ask, reply.rejected[0]!.dead_letter!);
  }

  /** Everything in a log but the bus's own events, in order. */
  async all(log: 'events' | 'dead_letters' = 'events'): Promise<Array<Record<string, unknown>>> {
    const { body } = await this.client.fetch({ log, from: 'start', max_bytes: 8 * 1024 * 1024 });
    const texts = splitEvents(body).filter((text) => !text.includes('"source":"event_bus"'));
    return texts.map((text) => JSON.parse(text) as Record<string, unknown>);
  }
}

export async function connect(port: number): Promise<BusClient> {
  const client = new BusClient({ port, name: 'test' });
  onTestFinished(() => client.close());
  await client.connected({ timeout_ms: 20_000 });
  return client;
}
