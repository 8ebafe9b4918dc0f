import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { EventBridge } from '@bitten/bridge';
import { deadLetterRows, eventRows, until } from '@bitten/proof';
import { createStandardCatalogue, decodeEvent } from '@bitten/schema';
import { hostileTexts } from '@bitten/schema/testing';
import { type BusClient, oneLine, splitEvents } from '@bitten/transport';
import { describe, expect, onTestFinished, test } from 'vitest';
import { Dealer, Push, Subscriber } from 'zeromq';
import { programs } from '../support/places.js';
import {
  type Footprint,
  firstWords,
  footprintOf,
  sayAndWait,
  scanPort,
  sendOversize,
  wrongSockets,
} from '../support/strangers.js';
import { System } from '../support/system.js';

const run = promisify(execFile);
const catalogue = createStandardCatalogue();
const watch = fileURLToPath(new URL('../support/programs/watch-prototypes.mjs', import.meta.url));
const watched = { NODE_OPTIONS: `--import ${watch}` };

interface Message {
  what: string;
  sent: Buffer;
  /** How the log keeps it, where it is an event. */
  text: string;
  isValid: boolean;
}

function message(what: string, sent: Buffer): Message {
  const text = sent.toString('utf8');
  const isValid = Buffer.from(text).equals(sent) && decodeEvent(text, catalogue).ok;
  return { what, sent, text: oneLine(text), isValid };
}

const messages = hostileTexts().map(({ what, bytes }) => message(what, Buffer.from(bytes)));
/**
 * The same for the door with receipts, where a line break ends an event: a client has to take it away. A body
 * without bytes holds no event, so the message that is nothing cannot be asked for a receipt.
 */
const numbered = messages
  .filter(({ sent }) => sent.length > 0)
  .map(({ what, sent }) => message(what, onOneLine(sent)));
const all = [...messages, ...numbered];

/** White space within JSON, which the line breaks of a valid event are. */
function onOneLine(bytes: Buffer): Buffer {
  return Buffer.from(bytes.map((byte) => (byte === 10 || byte === 13 ? 32 : byte)));
}

/** The bytes of all dead letters, in their order. */
function payloads(system: System): Buffer[] {
  return deadLetterRows(system.database).map(({ payload, encoding }) =>
    Buffer.from(payload, encoding as BufferEncoding),
  );
}

/** All texts of the log, but for those of the bus itself. */
async function textsInLog(client: BusClient): Promise<string[]> {
  const texts: string[] = [];
  for (
    let from: number | 'start' = 'start', end = Number.POSITIVE_INFINITY;
    from === 'start' || from < end;
  ) {
    const page = await client.fetch({ from });
    texts.push(...splitEvents(page.body));
    from = page.next;
    end = page.end;
  }
  return texts.filter((text) => !text.includes('"source":"event_bus"'));
}

async function cli(system: System, args: readonly string[]): Promise<string[]> {
  const options = { env: { ...process.env, ...system.env, ...watched }, maxBuffer: 256 * 1024 * 1024 };
  const { stdout } = await run(process.execPath, [programs.cli, ...args], options);
  return stdout.split('\n').filter((line) => line !== '');
}

/** Everything one socket of the live feed gets. */
function listen(system: System): { texts: string[]; socket: Subscriber } {
  const socket = new Subscriber({ receiveHighWaterMark: 0, linger: 0 });
  socket.connect(`tcp://127.0.0.1:${system.ports.pub}`);
  socket.subscribe('bitten.');
  onTestFinished(() => socket.close());
  const texts: string[] = [];
  void (async () => {
    for await (const [, payload] of socket) texts.push(String(payload));
  })();
  return { texts, socket };
}

describe('hostile JSON', () => {
  test('is stored byte for byte and comes back equal by every way, or is a dead letter with reasons', async () => {
    const system = await System.prepare();
    await system.startBus(watched);
    await system.startCollector(watched);
    const live = listen(system);
    const push = new Push({ linger: 1_000 });
    push.connect(`tcp://127.0.0.1:${system.ports.pull}`);
    onTestFinished(() => push.close());
    const probe = { event_type: 'probe', timestamp: 1, source: 'probe', data: {} };
    await until('the live feed', async () => {
      await push.send(JSON.stringify(probe));
      return live.texts.some((text) => text.includes('"source":"probe"'));
    });
    for (const { sent } of messages) await push.send(sent);
    // And once more with receipts, one by one.
    const client = await system.client();
    let producerSeq = 1;
    for (const { sent, isValid, what } of numbered) {
      const batch = { producer: 'p', first: producerSeq, count: 1, acked: producerSeq - 1 };
      const reply = await client.publish({ ...batch, body: sent });
      expect([reply.seqs.length, reply.rejected.length], what).toEqual(isValid ? [1, 0] : [0, 1]);
      producerSeq += 1;
    }
    const expected = all.filter(({ isValid }) => isValid).map(({ text }) => text);
    const refused = all.filter(({ isValid }) => !isValid).map(({ sent }) => sent);
    const shown = () => live.texts.filter(isTested);
    await until('all events on the live feed', () => shown().length >= expected.length, {
      found: () => `${shown().length} of ${expected.length}`,
    });
    await system.settled();
    await system.deadLettersSettled(refused.length);

    expect((await textsInLog(client)).filter(isTested)).toEqual(expected);
    for (const [i, text] of shown().entries()) {
      expect(text.replace(/,"seq":\d+\}$/, '}')).toBe(expected[i]!.trimEnd());
    }
    expectRows(system, expected);
    const kept = payloads(system);
    expect(kept.map(({ length }) => length)).toEqual(refused.map(({ length }) => length));
    expect(kept.every((payload, i) => payload.equals(refused[i]!))).toBe(true);
    for (const { issues_json } of deadLetterRows(system.database)) {
      expect((JSON.parse(issues_json) as unknown[]).length).toBeGreaterThan(0);
    }

    expect((await cli(system, ['tail', '--from', 'start', '-e', '--raw'])).filter(isTested)).toEqual(
      expected,
    );
    expectQueried(await cli(system, ['query', '--json', '--limit', '100000']), expected);
    await cli(system, ['tail', '--from', 'start', '-e']);
    await cli(system, ['query', '--limit', '1000']);
    await cli(system, ['stats']);
    // 99 where something has got into a prototype.
    expect(await system.collector.stop()).toEqual({ code: 0, signal: null });
    expect(await system.bus.stop()).toEqual({ code: 0, signal: null });
  });

  function isTested(text: string): boolean {
    return !text.includes('"source":"probe"') && !text.includes('"source":"event_bus"');
  }

  function expectQueried(lines: readonly string[], texts: readonly string[]): void {
    const shown = lines.filter(isTested).map((line) => JSON.parse(line) as { id: number; data: unknown });
    const data = shown.sort((a, b) => a.id - b.id).map((event) => JSON.stringify(event.data));
    expect(data).toEqual(texts.map((text) => JSON.stringify((JSON.parse(text) as { data: unknown }).data)));
  }

  function expectRows(system: System, texts: readonly string[]): void {
    const rows = eventRows(system.database, "source NOT IN ('probe', 'event_bus')");
    expect(rows.length).toBe(texts.length);
    for (const [i, text] of texts.entries()) {
      const event = JSON.parse(text) as { event_type: string; data: unknown };
      expect(rows[i]!.event_type).toBe(event.event_type);
      expect(text).toContain(rows[i]!.data_json);
      expect(JSON.stringify(JSON.parse(rows[i]!.data_json))).toBe(JSON.stringify(event.data));
    }
  }
});

describe('a secret', () => {
  test('reaches no file, no line of the log and no answer, by whatever way it comes', async () => {
    const system = await System.start();
    const client = await system.client();
    const secret = 'S3cr3tV4lue';
    const event = { event_type: 'login', timestamp: 1, source: 'web', data: { deep: [{ api_key: secret }] } };
    const texts = [JSON.stringify(event), JSON.stringify(event).slice(0, -3), `{'password': '${secret}'}`];
    const push = new Push({ linger: 1_000 });
    push.connect(`tcp://127.0.0.1:${system.ports.pull}`);
    onTestFinished(() => push.close());
    for (const text of texts) await push.send(text);
    const body = Buffer.from(texts.join('\n'));
    const reply = await client.publish({ producer: 'p', first: 1, count: 3, acked: 0, body });
    expect(reply.rejected.map(({ issues }) => issues[0]!.code)).toEqual(['secret', 'secret', 'secret']);
    const bridge = new EventBridge({ port: system.ports.bus, spoolDir: system.file('spool') });
    await expect(bridge.publish(event)).rejects.toMatchObject({ issues: [{ code: 'secret' }] });
    await bridge.close();
    await system.deadLettersSettled(6);
    await system.settled();
    expect(
      payloads(system).every((payload) => /\[secret removed]|^\[removed: /.test(payload.toString())),
    ).toBe(true);
    const said = [...system.bus.log, ...system.collector.log, JSON.stringify(reply)].join('\n');
    expect(said + filesBelow(system.dataDir)).not.toContain(secret);
  });
});

/** The bytes of all files, the database and its write-ahead log among them. */
function filesBelow(folder: string): string {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'))
    .join('\n');
}

/** A component that publishes with receipts all the while, and has to notice nothing. */
class Neighbour {
  readonly #bridge: EventBridge;
  readonly #seqs = new Map<number, number>();
  #published = 0;
  #going = true;
  readonly #done: Promise<void>;

  constructor(system: System) {
    this.#bridge = new EventBridge({
      name: 'neighbour',
      port: system.ports.bus,
      spoolDir: system.file('spool'),
    });
    onTestFinished(() => this.#bridge.close({ timeout_ms: 0 }));
    this.#done = this.#publish();
  }

  get acknowledged(): number {
    return this.#seqs.size;
  }

  /** Stops, and returns the acknowledged `seq` of each number. */
  async stop(): Promise<ReadonlyMap<number, number>> {
    this.#going = false;
    await this.#done;
    await this.#bridge.flush();
    expect(this.#seqs.size, 'every event of the neighbour has its receipt').toBe(this.#published);
    return this.#seqs;
  }

  async #publish(): Promise<void> {
    while (this.#going) {
      const batch = Array.from({ length: 20 }, () => this.#publishOne());
      await Promise.all(batch);
      await sleep(2);
    }
  }

  async #publishOne(): Promise<void> {
    this.#published += 1;
    const number = this.#published;
    const { seq } = await this.#bridge.publish({ event_type: 'neighbour', data: { number } });
    this.#seqs.set(number, seq!);
  }
}

/** What the bus may take more after all this than before; what it takes with time and traffic included. */
const rssGrowthMax = 200 * 1024 * 1024;
const descriptorGrowthMax = 40;

describe('strangers at the doors', () => {
  test('neither end the bus nor make it grow, are counted, and cost a neighbour nothing', async () => {
    const system = await System.start();
    const { ports } = system;
    const doors = [ports.pub, ports.pull, ports.bus];
    const neighbour = new Neighbour(system);
    const client = await system.client();
    const served = async (what: string) => {
      const before = neighbour.acknowledged;
      await client.ping();
      await until(`receipts ${what}`, () => neighbour.acknowledged > before + 20);
    };
    await served('before anything');
    const before = footprintOf(system.bus.pid);

    for (const port of doors) {
      for (const [, bytes] of firstWords) (await sayAndWait(port, bytes)).destroy();
      const halfOpen = [];
      for (const [, bytes] of [...firstWords, ...firstWords]) halfOpen.push(await sayAndWait(port, bytes));
      await served('among half-open connections');
      for (const socket of halfOpen) socket.destroy();
      await scanPort(port, 1_000);
      await served('after a port scanner');
      const wrong = await wrongSockets(port, '{"v":1,"op":"ping","id":1}');
      await served('among sockets of wrong types');
      wrong.close();
    }
    for (let i = 0; i < 3; i += 1) {
      const oversize = await sendOversize(ports);
      await served('after frames that are too large');
      oversize.close();
    }
    await subscribeThousands(ports.pub);
    await served('after thousands of subscriptions');
    await sendWrongRequests(ports.bus);
    await served('after wrong requests');

    const { doors: seen, events } = await client.stats();
    expect(seen!.requests.malformed, 'messages that are no requests').toBeGreaterThanOrEqual(100);
    expect(seen!.requests.refused, 'requests of another version, and unknown ones').toBeGreaterThanOrEqual(
      200,
    );
    expect(events.rejected, 'what could be read is a dead letter').toBeGreaterThan(0);
    await expectBounded(system, before);
    const seqs = await neighbour.stop();
    await system.settled();
    const rows = eventRows(system.database, "event_type = 'neighbour'");
    expect(rows.length).toBe(seqs.size);
    for (const { id, data_json } of rows) {
      expect(seqs.get((JSON.parse(data_json) as { number: number }).number)).toBe(id);
    }
    expect(system.bus.ending).toBeUndefined();
  });

  test('that ask and never read cost a bounded amount of memory', async () => {
    const system = await System.start();
    const neighbour = new Neighbour(system);
    const client = await system.client();
    const padding = 'x'.repeat(100_000);
    for (let first = 1; first <= 100; first += 1) {
      const event = { event_type: 'large', timestamp: 1, source: 'test', data: { padding } };
      const body = Buffer.from(JSON.stringify(event));
      await client.publish({ producer: 'large', first, count: 1, acked: first - 1, body });
    }
    const before = footprintOf(system.bus.pid);
    const deaf: Array<Dealer | Subscriber> = [];
    for (let i = 0; i < 5; i += 1) {
      const dealer = new Dealer({ linger: 0, receiveHighWaterMark: 1, receiveBufferSize: 4_096 });
      dealer.connect(`tcp://127.0.0.1:${system.ports.bus}`);
      const subscriber = new Subscriber({ linger: 0, receiveHighWaterMark: 1, receiveBufferSize: 4_096 });
      subscriber.connect(`tcp://127.0.0.1:${system.ports.pub}`);
      subscriber.subscribe('');
      deaf.push(dealer, subscriber);
      const ask = (id: number) => `{"v":1,"op":"fetch","id":${id},"from":1,"max_bytes":8388608}`;
      for (let id = 1; id <= 200; id += 1) await dealer.send(ask(id));
    }
    const acknowledged = neighbour.acknowledged;
    await until('the neighbour to be served', () => neighbour.acknowledged > acknowledged + 500);
    await client.ping();
    await expectBounded(system, before, rssGrowthMax);
    for (const socket of deaf) socket.close();
    const seqs = await neighbour.stop();
    await system.settled();
    expect(eventRows(system.database, "event_type = 'neighbour'").length).toBe(seqs.size);
  });
});

/** Eighteen thousand topics, of twenty sockets: a socket keeps only a thousand subscriptions on their way. */
async function subscribeThousands(port: number): Promise<void> {
  for (let i = 0; i < 20; i += 1) {
    const socket = new Subscriber({ linger: 0 });
    socket.connect(`tcp://127.0.0.1:${port}`);
    for (let topic = 0; topic < 900; topic += 1) socket.subscribe(`bitten.${i}.${topic}.${'x'.repeat(50)}`);
    // The last one brings something: those before it have been heard of.
    socket.subscribe('bitten.neighbour');
    await socket.receive();
    socket.close();
  }
}

/** What is no request, a request of another version, one that is unknown, and one too deep to be shown. */
async function sendWrongRequests(port: number): Promise<void> {
  const socket = new Dealer({ linger: 1_000 });
  socket.connect(`tcp://127.0.0.1:${port}`);
  const deep = '['.repeat(200_000) + ']'.repeat(200_000);
  for (let id = 1; id <= 100; id += 1) {
    await socket.send('no request');
    await socket.send(`{"v":2,"op":"ping","id":${id}}`);
    await socket.send(`{"v":1,"op":"constructor","id":${id}}`);
  }
  await socket.send(`{"v":1,"op":${deep},"id":0}`);
  for (let answered = 0; answered <= 200; answered += 1) {
    const [reply] = await socket.receive();
    expect(JSON.parse(String(reply))).toMatchObject({ ok: false, error: { code: expect.any(String) } });
  }
  socket.close();
}

async function expectBounded(
  system: System,
  before: Footprint | undefined,
  growth = rssGrowthMax,
): Promise<void> {
  if (before === undefined) return;
  await until(
    'descriptors and memory of the bus near what they were',
    () => {
      const now = footprintOf(system.bus.pid);
      if (now === undefined) return false;
      return (
        now.descriptors <= before.descriptors + descriptorGrowthMax &&
        now.rss_bytes <= before.rss_bytes + growth
      );
    },
    { found: () => ({ before, now: footprintOf(system.bus.pid) }) },
  );
}
