import { setImmediate as turn } from 'node:timers/promises';
import { FaultyIo } from '@bitten/storage/testing';
import { decodeReply, encodeReply, type PublishReply, type Reply, readReply } from '@bitten/transport';
import { expect, onTestFailed, test } from 'vitest';
import { Engine } from '../src/engine.js';
import { temporaryDir } from './support/broker.js';
import { badTick, bodyOf, tick } from './support/events.js';
import { Random } from './support/random.js';

/** A publisher that keeps to section 3.1 of the protocol: it keeps what is not acknowledged and sends it again. */
class Publisher {
  readonly name: string;
  readonly texts: string[];
  readonly places = new Map<number, number>();
  readonly rejected = new Map<number, number>();
  acked = 0;
  next = 1;

  constructor(name: string, random: Random, count: number) {
    this.name = name;
    this.texts = Array.from({ length: count }, (_, i) => {
      const mark = `${name}.${i + 1}`;
      return random.chance(0.15) ? badTick(mark) : tick(mark);
    });
  }

  get done(): boolean {
    return this.acked === this.texts.length;
  }

  /** Goes back to the oldest event that is not acknowledged. */
  rewind(): void {
    this.next = this.acked + 1;
  }

  acknowledge(last: number, { seqs, rejected }: PublishReply): void {
    for (const [first, seq, count] of seqs) {
      for (let i = 0; seq !== null && i < count; i += 1) {
        // Told twice, a place must be the same.
        expect(this.places.get(first + i) ?? seq + i).toBe(seq + i);
        this.places.set(first + i, seq + i);
      }
    }
    for (const { producer_seq, dead_letter } of rejected) {
      // Long after a restart the bus may no longer know it.
      if (dead_letter === null) continue;
      expect(this.rejected.get(producer_seq) ?? dead_letter).toBe(dead_letter);
      this.rejected.set(producer_seq, dead_letter);
    }
    this.acked = Math.max(this.acked, last);
  }
}

class World {
  readonly random: Random;
  readonly dataDir = temporaryDir();
  readonly publishers: Publisher[];
  io = new FaultyIo();
  engine: Engine;
  crashes = 0;
  /** What was answered before a crash has reached the publisher; what is answered after it has not. */
  #life = 0;

  constructor(seed: number) {
    this.random = new Random(seed);
    this.publishers = ['a', 'b', 'c'].map((name) => new Publisher(name, this.random, 120));
    this.engine = this.#open();
  }

  /** Sends the next batch, or an old one once more, and hears of its outcome in time or never. */
  send(publisher: Publisher): void {
    const { random } = this;
    if (random.chance(0.15)) publisher.rewind();
    const first = random.chance(0.1) ? random.whole(1, publisher.acked + 1) : publisher.next;
    const count = Math.min(random.whole(1, 12), publisher.texts.length - first + 1);
    if (count < 1) return publisher.rewind();
    const last = first + count - 1;
    publisher.next = last + 1;
    const life = this.#life;
    const lost = random.chance(0.1);
    const request = {
      op: 'publish' as const,
      id: 1,
      producer: publisher.name,
      first,
      count,
      acked: Math.min(publisher.acked, first - 1),
      body: bodyOf(publisher.texts.slice(first - 1, last)),
    };
    this.engine.service.handle(request, (reply) => {
      if (life !== this.#life || lost) return publisher.rewind();
      if (reply.op === 'error') publisher.rewind();
      else publisher.acknowledge(last, overTheWire(reply));
    });
  }

  /** The process dies; another one opens what it left. */
  async crash(): Promise<void> {
    this.crashes += 1;
    this.#life += 1;
    this.io.dieAt(1);
    await this.engine.close();
    for (const publisher of this.publishers) publisher.rewind();
    this.io = new FaultyIo();
    this.engine = this.#open();
  }

  #open(): Engine {
    return new Engine({
      dataDir: this.dataDir,
      segmentBytesMax: 8 * 1024,
      retention: { bytesMax: null, ageMax_s: null },
      version: 'test',
      notices: { unavailable() {}, available() {}, retained() {}, problem() {} },
      feed: { wants: () => false, send() {} },
      clients: () => 0,
      io: this.io,
      now: () => 1_000,
    });
  }

  async read(log: 'events' | 'dead_letters'): Promise<string[]> {
    const texts: string[] = [];
    for (let from = 1; ; ) {
      const page = await new Promise<Extract<Reply, { op: 'fetch' }>>((resolve, reject) => {
        const request = { op: 'fetch' as const, id: 1, log, from, filter: undefined };
        this.engine.service.handle({ ...request, max_bytes: 4096, wait_ms: 0, linger_ms: 0 }, (reply) =>
          reply.op === 'fetch' ? resolve(reply) : reject(new Error(JSON.stringify(reply))),
        );
      });
      if (page.body.length > 0) texts.push(...page.body.toString().split('\n'));
      if (page.next >= page.end) return texts;
      from = page.next;
    }
  }
}

function overTheWire(reply: Reply): PublishReply {
  const [header] = encodeReply(1, reply);
  const decoded = decodeReply([Buffer.from(header)]);
  if (!decoded.ok) throw new Error(decoded.error.message);
  return readReply('publish', decoded.fields, decoded.body);
}

const seeds =
  process.env.BITTEN_TEST_SEED === undefined
    ? Array.from({ length: 8 }, (_, i) => i + 1)
    : [Number(process.env.BITTEN_TEST_SEED)];

test.each(seeds)(
  'whatever is sent again, fails or dies: everything is in once, in order, where it was said to be (seed %i)',
  { timeout: 60_000 },
  async (seed) => {
    onTestFailed(() => console.error(`BITTEN_TEST_SEED=${seed} does the same again`));
    const world = new World(seed);
    const { random, publishers } = world;
    for (let step = 0; publishers.some(({ done }) => !done); step += 1) {
      expect(step).toBeLessThan(5_000);
      for (const publisher of publishers) {
        for (let n = random.whole(0, 3); n > 0; n -= 1) world.send(publisher);
      }
      if (random.chance(0.04)) world.io.failOnce(random.whole(1, 6));
      if (random.chance(0.03)) world.io.dieAt(random.whole(1, 12));
      // Some crashes come while a commit is still to be made.
      if (step === 10 || random.chance(0.02)) await world.crash();
      await turn();
      if (world.io.isDead) await world.crash();
    }
    expect(world.crashes).toBeGreaterThan(0);
    world.io.heal();

    const events = await world.read('events');
    const letters = (await world.read('dead_letters')).map((text) => JSON.parse(text).payload as string);
    for (const { name, texts, places, rejected } of publishers) {
      const own = (text: string) => text.includes(`"mark":"${name}.`);
      const isBad = (text: string) => text.includes('"bid":-1');
      expect(events.filter(own)).toEqual(texts.filter((text) => !isBad(text)));
      expect(letters.filter(own)).toEqual(texts.filter(isBad));
      for (const [producerSeq, seq] of places) expect(events[seq - 1]).toBe(texts[producerSeq - 1]);
      for (const [producerSeq, place] of rejected) expect(letters[place - 1]).toBe(texts[producerSeq - 1]);
    }
    await world.engine.close();
  },
);
