import { readFileSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { lastSaid, type Program, reportOf, until, untilSaid } from '@bitten/proof';
import type { BusClient } from '@bitten/transport';
import { describe, expect, test } from 'vitest';
import { checkStore, runOf } from '../support/checks.js';
import { cannotWrite, timesSaid } from '../support/outage.js';
import { component } from '../support/places.js';
import { testSeed } from '../support/scale.js';
import { System } from '../support/system.js';

const mebi = 1024 * 1024;
/** The budget of a process at full speed (docs/BENCHMARKS.md), and what a machine under load adds. */
const rssBytesMax = 256 * mebi;

function rssOf({ pid }: Program): number {
  return Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1]) * 1024;
}

/** Keeps the highest of what is looked at now and then; returns a function that ends it and tells. */
function highest(looks: Record<string, () => number>): () => Record<string, number> {
  const found: Record<string, number> = {};
  const timer = setInterval(() => {
    for (const [name, look] of Object.entries(looks)) found[name] = Math.max(found[name] ?? 0, look());
  }, 100);
  return () => {
    clearInterval(timer);
    return found;
  };
}

describe('publishers at ten times what the disk takes', () => {
  test('fill what they may and no more; what was accepted is stored, once and in order', async () => {
    const seed = testSeed();
    const system = await System.prepare();
    const orders = system.file('disk.json');
    writeFileSync(orders, JSON.stringify({ bytes_per_s: mebi }));
    const preload = pathToFileURL(component('disk')).href;
    await system.startBus({ NODE_OPTIONS: `--import=${preload}`, BITTEN_TEST_DISK: orders });
    await system.startCollector();
    const options = { bufferBytesMax: 2 * mebi, spoolBytesMax: 4 * mebi };
    const publishers = [0, 1].map((run) =>
      system.runComponent('spooler', { name: `feed-${run}`, run, seed, rate_per_s: 20_000, options }),
    );
    const stop = highest({
      bus: () => rssOf(system.bus),
      publisher: () => Math.max(...publishers.map(rssOf)),
      buffered: () =>
        Math.max(...publishers.map((each) => Number(lastSaid(each, 'tried')?.bufferedBytes ?? 0))),
      spooled: () =>
        Math.max(...publishers.map((each) => Number(lastSaid(each, 'tried')?.spooledBytes ?? 0))),
    });
    for (const publisher of publishers) await untilSaid(publisher, 'refused', 20_000);
    const found = stop();
    console.info(`at most: ${JSON.stringify(found)}`);
    expect(found.bus).toBeLessThan(rssBytesMax);
    expect(found.publisher).toBeLessThan(rssBytesMax);
    expect(found.buffered).toBeLessThanOrEqual(options.bufferBytesMax);
    expect(found.spooled).toBeLessThanOrEqual(options.spoolBytesMax);
    const { commits } = await (await system.client()).stats();
    expect(commits.fsync_p99_ms, 'the disk was slow').toBeGreaterThan(20);

    writeFileSync(orders, '{}');
    for (const publisher of publishers) publisher.signal('SIGTERM');
    const reports = await Promise.all(publishers.map(reportOf));
    await system.settled();
    const places = checkStore(system.database, seed, [
      runOf(0, system.file('none'), { conflates: true }),
      runOf(1, system.file('none'), { conflates: true }),
    ]);
    for (const [run, { accepted, refused, conflated, rejected, threw, unhandled }] of reports.entries()) {
      expect({ threw, unhandled }).toEqual({ threw: 0, unhandled: 0 });
      const stored = places.get(run)!.filter((seq) => seq !== undefined).length;
      expect(stored + Number(conflated), 'all that was accepted, and of ticks the newest').toBe(accepted);
      expect(rejected, 'each refusal is told').toEqual({ outbox_full: refused, conflated });
    }
    expect(timesSaid(system.bus, cannotWrite), 'slow is not broken').toBe(0);
  });
});

const perProcess = 20;
const processes = 10;
const burst = 50;

describe('200 subscribers, of which 20 are stopped', () => {
  test('the others get everything as soon as before, the bus holds nothing for the 20, and they go on in order', async () => {
    const seed = testSeed();
    const system = await System.prepare();
    await system.startBus();
    const herds = Array.from({ length: processes }, (_, i) =>
      system.runComponent('herd', { name: `herd-${i}`, subscribers: perProcess, from: 'start' }),
    );
    for (const herd of herds) await until(`${herd.name} to be ready`, () => lastSaid(herd, 'ready'));
    const [stopped, ...others] = herds as [Program, ...Program[]];
    const client = await system.client();
    const publisher = new Bursts(client);

    const before = await lateness(publisher, others);
    stopped.signal('SIGSTOP');
    const during = await lateness(publisher, others);
    console.info(
      `lateness of the others, ms, before and with 20 stopped: ${before.toFixed(1)}, ${during.toFixed(1)}`,
    );
    expect(during / before, 'how much later than before').toBeLessThan(4);

    // Now much more than a socket could hold for one that does not read.
    const rssBefore = rssOf(system.bus);
    for (const herd of others) await herd.stop();
    const task = { name: 'engine', run: 0, seed, count: 30_000, ackFile: system.file('acks') };
    expect(await reportOf(system.runComponent('publisher', task))).toMatchObject({
      acked: 30_000,
      failed: {},
    });
    const grown = rssOf(system.bus) - rssBefore;
    console.info(
      `the bus grew by ${(grown / mebi).toFixed(0)} MiB to ${(rssOf(system.bus) / mebi).toFixed(0)} MiB`,
    );
    expect(rssOf(system.bus)).toBeLessThan(rssBytesMax);

    const end = await system.end();
    stopped.signal('SIGCONT');
    await untilSaid(stopped, 'slowest', end - 1);
    expect(lastSaid(stopped, 'slowest')).toMatchObject({ disorder: 0, gaps: 0 });
    expect(Number(lastSaid(stopped, 'slowest')!.seen)).toBeGreaterThanOrEqual(perProcess * (end - 1));
  });
});

/** Publishes events in bursts, each event with the time it was sent at. */
class Bursts {
  readonly #client: BusClient;
  #sent = 0;

  constructor(client: BusClient) {
    this.#client = client;
  }

  /** Sends one burst and returns the `seq` of its last event. */
  async send(): Promise<number> {
    const sent_ms = performance.timeOrigin + performance.now();
    const data = { sent_ms, filler: 'x'.repeat(500) };
    const event = JSON.stringify({ event_type: 'burst', timestamp: 1, source: 'test', data });
    const body = Buffer.from(Array.from({ length: burst }, () => event).join('\n'));
    const batch = { producer: 'bursts', first: this.#sent + 1, count: burst, acked: this.#sent, body };
    const { seqs } = await this.#client.publish(batch);
    this.#sent += burst;
    const [, seq, count] = seqs.at(-1)!;
    return Number(seq) + count - 1;
  }
}

/** How late events are in the middle, over a dozen bursts that everybody has got before the next one. */
async function lateness(publisher: Bursts, herds: readonly Program[]): Promise<number> {
  const found: number[] = [];
  for (let round = 0; round < 12; round += 1) {
    const last = await publisher.send();
    for (const herd of herds) {
      await untilSaid(herd, 'slowest', last);
      found.push(Number(lastSaid(herd, 'p50_ms')!.p50_ms));
    }
  }
  return found.sort((a, b) => a - b)[Math.floor(found.length / 2)]!;
}
