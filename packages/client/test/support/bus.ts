import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Broker } from '@bitten/broker';
import { joinEvents } from '@bitten/transport';
import { onTestFinished } from 'vitest';
import { BusLink, type BusLinkOptions } from '../../src/bus-link.js';

/** A data folder of its own, removed after the test. */
export function tempDataDir(): string {
  const dataDir = mkdtempSync(join(tmpdir(), 'bitten-client-'));
  onTestFinished(() => rmSync(dataDir, { recursive: true, force: true }));
  return dataDir;
}

/** A bus on a folder; `port` is for one that comes back where another has been. */
export async function startBus(dataDir: string, port = 0): Promise<Broker> {
  const broker = new Broker({
    dataDir,
    host: '127.0.0.1',
    ports: { pub: 0, pull: 0, bus: port },
    segmentBytesMax: 64 * 1024 * 1024,
    retention: { bytesMax: null, ageMax_s: null },
    heartbeat_ms: 3_600_000,
    version: 'test',
    notices: { unavailable() {}, available() {}, retained() {}, problem() {} },
  });
  await broker.start();
  onTestFinished(() => broker.stop());
  return broker;
}

/** A connection to it, closed after the test. */
export async function openLink(port: number, more: Partial<BusLinkOptions> = {}): Promise<BusLink> {
  const { signal } = new AbortController();
  const place = { host: '127.0.0.1', port, keyFile: null, name: 'test', timeout_ms: 20_000 };
  const link = await BusLink.open({ ...place, signal, ...more });
  onTestFinished(() => link.close());
  return link;
}

/** Publishes notes with these numbers, as the n-th ones of their producer. */
export async function publishNotes(link: BusLink, numbers: readonly number[]): Promise<void> {
  const texts = numbers.map((n) =>
    JSON.stringify({ event_type: 'note', timestamp: n, source: 'test', data: { n } }),
  );
  const first = numbers[0]!;
  const batch = { producer: 'p', first, count: texts.length, acked: first - 1, body: joinEvents(texts) };
  await link.ask((client) => client.publish(batch));
}
