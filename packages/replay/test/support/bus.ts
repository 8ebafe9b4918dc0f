import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Broker, type BrokerOptions } from '@bitten/broker';
import { BusClient, joinEvents } from '@bitten/transport';
import { onTestFinished } from 'vitest';

/** A connected client of a bus of its own, both closed after the test. */
export async function startBus(options: Partial<BrokerOptions> = {}): Promise<BusClient> {
  const dataDir = mkdtempSync(join(tmpdir(), 'bitten-replay-'));
  onTestFinished(() => rmSync(dataDir, { recursive: true, force: true }));
  const broker = new Broker({
    dataDir,
    host: '127.0.0.1',
    ports: { pub: 0, pull: 0, bus: 0 },
    segmentBytesMax: 64 * 1024 * 1024,
    retention: { bytesMax: null, ageMax_s: null },
    heartbeat_ms: 3_600_000,
    version: 'test',
    notices: { unavailable() {}, available() {}, retained() {}, problem() {} },
    ...options,
  });
  await broker.start();
  onTestFinished(() => broker.stop());
  const client = new BusClient({ port: broker.ports.bus });
  onTestFinished(() => client.close());
  await client.connected({ timeout_ms: 20_000 });
  return client;
}

/** Publishes an event for each of these times (Unix seconds), a batch of one each. */
export async function publishAt(client: BusClient, times: readonly number[]): Promise<void> {
  for (const [i, timestamp] of times.entries()) {
    const event = {
      event_type: 'numbers',
      timestamp,
      source: 'test',
      data: { symbol: i % 2 === 0 ? 'A' : 'B' },
    };
    const body = joinEvents([JSON.stringify(event)]);
    await client.publish({ producer: 'p', first: i + 1, count: 1, acked: i, body }, { timeout_ms: 20_000 });
  }
}
