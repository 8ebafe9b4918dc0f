import { existsSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import type { Envelope } from '@bitten/schema';
import type { PublishReply } from '@bitten/transport';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Outbox } from '../src/outbox.js';
import { ConflatedError, OutboxFullError } from '../src/receipt.js';
import { type Batch, Spool } from '../src/spool.js';
import { temporaryDir } from './support/world.js';

type Step =
  | { kind: 'tick'; symbol: number; padding: number }
  | { kind: 'fire'; padding: number }
  | { kind: 'acknowledge' }
  | { kind: 'acknowledge twice' }
  | { kind: 'outage' }
  | { kind: 'turn' };

interface Setting {
  bufferBytesMax: number;
  spool: 'none' | 'small' | 'large' | 'blocked';
  end: 'drain' | 'close';
}

interface Published {
  n: number;
  symbol: number | null;
  outcome: unknown;
}

const padding = fc.integer({ min: 0, max: 300 });
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ kind: fc.constant('tick' as const), symbol: fc.nat(3), padding }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('fire' as const), padding }) },
  { weight: 2, arbitrary: fc.constant({ kind: 'acknowledge' as const }) },
  ...(['acknowledge twice', 'outage', 'turn'] as const).map((kind) => ({
    weight: 1,
    arbitrary: fc.constant({ kind }),
  })),
);
const setting: fc.Arbitrary<Setting> = fc.record({
  bufferBytesMax: fc.constantFrom(150, 600, 3_000),
  spool: fc.constantFrom('none', 'small', 'large', 'blocked'),
  end: fc.constantFrom('drain', 'close'),
});

/** An outbox, what was published through it, and what a bus has got. */
class Run {
  readonly published: Published[] = [];
  readonly delivered: Array<{ n: number; symbol: number | null; conflated: number }> = [];
  readonly outbox: Outbox;
  readonly #dir: string;
  readonly #bufferBytesMax: number;

  constructor(dir: string, { bufferBytesMax, spool }: Setting) {
    this.#dir = dir;
    this.#bufferBytesMax = bufferBytesMax;
    if (spool === 'blocked') writeFileSync(dir, 'in the way');
    this.outbox = new Outbox({
      producer: 'p',
      spoolDir: spool === 'none' ? null : dir,
      bufferBytesMax,
      spoolBytesMax: spool === 'large' ? 1_000_000 : 2_000,
      receiptsMax: 100_000,
      conflationKey: ({ event_type, data }) => (event_type === 'tick' ? String(data.symbol) : null),
      onReady: () => {},
      onTrouble: () => {},
      onConflating: () => {},
    });
  }

  async take(step: Step): Promise<void> {
    if (step.kind === 'tick') this.#publish(step.symbol, step.padding);
    else if (step.kind === 'fire') this.#publish(null, step.padding);
    else if (step.kind === 'outage') this.outbox.startSpooling();
    else if (step.kind === 'turn') await turn();
    else this.acknowledge(step.kind === 'acknowledge twice');
    const { bufferedBytes, pending, held } = this.outbox;
    expect(bufferedBytes).toBeLessThanOrEqual(Math.max(this.#bufferBytesMax, 500));
    // Else nothing would ever let it in.
    if (pending === 0) expect(held).toBe(0);
  }

  #publish(symbol: number | null, padding: number): void {
    const n = this.published.length;
    const entry: Published = { n, symbol, outcome: null };
    this.published.push(entry);
    const event = {
      event_type: symbol === null ? 'fire' : 'tick',
      data: { n, symbol, x: 'x'.repeat(padding) },
    };
    const settler = {
      resolve: () => {
        entry.outcome = 'stored';
      },
      reject: (error: unknown) => {
        entry.outcome = error;
      },
      number: 0,
    };
    this.outbox.add(JSON.stringify(event), { settler, event: event as unknown as Envelope });
  }

  acknowledge(twice = false): void {
    const batch = this.outbox.take(this.outbox.acked + 1);
    if (batch === null) return;
    this.#deliver(batch);
    this.outbox.acknowledge(batch, reply(batch));
    if (twice) this.outbox.acknowledge(batch, reply(batch));
  }

  #deliver({ first, count, body }: Batch): void {
    const texts = body.toString().split('\n');
    expect(texts).toHaveLength(count);
    // As the bus does it: what it has already is passed over, a hole is not taken.
    expect(first).toBeLessThanOrEqual(this.delivered.length + 1);
    for (const text of texts.slice(this.delivered.length + 1 - first)) {
      const { data, conflated = 0 } = JSON.parse(text) as Envelope;
      const { n, symbol } = data as { n: number; symbol: number | null };
      this.delivered.push({ n, symbol, conflated: conflated ?? 0 });
    }
  }

  drain(): void {
    while (this.outbox.pending > 0) this.acknowledge();
  }

  /** Ends as a component does, and delivers what the next of its name finds. */
  close(): void {
    this.outbox.close();
    const own = join(this.#dir, 'p');
    const spool = existsSync(own) ? Spool.adopt(own) : null;
    if (spool === null) return;
    for (let from = spool.first ?? 1; ; ) {
      const batch = spool.read(from);
      if (batch === null) break;
      this.#deliver(batch);
      from = batch.first + batch.count;
    }
    spool.delete();
  }
}

function reply({ first, count }: Batch): PublishReply {
  return { level: 'fsynced', seqs: [[first, first, count]], rejected: [] };
}

const of = (symbol: number | null) => (each: { symbol: number | null }) => each.symbol === symbol;

function check({ published, delivered, outbox }: Run): void {
  const accepted = published.filter(({ outcome }) => !(outcome instanceof OutboxFullError));
  // What must be kept: every one that was accepted, once, in order, and standing for itself alone.
  expect(delivered.filter(of(null)).map(({ n }) => n)).toEqual(accepted.filter(of(null)).map(({ n }) => n));
  expect(delivered.filter(of(null)).every(({ conflated }) => conflated === 0)).toBe(true);
  for (const symbol of [0, 1, 2, 3]) {
    const came = delivered.filter(of(symbol));
    const sent = accepted.filter(of(symbol));
    // Never an older value behind a newer one, and in the end the newest.
    expect(came.map(({ n }) => n)).toEqual(came.map(({ n }) => n).sort((a, b) => a - b));
    expect(came.at(-1)?.n).toBe(sent.at(-1)?.n);
    // Nothing is lost to the count.
    expect(came.reduce((sum, { conflated }) => sum + 1 + conflated, 0)).toBe(sent.length);
  }
  const superseded = published.filter(({ outcome }) => outcome instanceof ConflatedError);
  expect(superseded).toHaveLength(outbox.conflated);
  expect(superseded.length + delivered.length).toBe(accepted.length);
  expect(superseded.every(({ symbol }) => symbol !== null)).toBe(true);
}

test('whatever is published, acknowledged, cut off and refused: what must be kept is, the newest of each key is, and the counts add up', async () => {
  const root = temporaryDir();
  let runs = 0;
  let conflated = 0;
  let refused = 0;
  await fc.assert(
    fc.asyncProperty(setting, fc.array(step, { maxLength: 200, size: 'max' }), async (chosen, steps) => {
      runs += 1;
      const dir = join(root, String(runs));
      const run = new Run(dir, chosen);
      for (const each of steps) await run.take(each);
      const spools = chosen.spool === 'small' || chosen.spool === 'large';
      if (chosen.end === 'close' && spools) run.close();
      else run.drain();
      check(run);
      run.outbox.close();
      conflated += run.outbox.conflated;
      refused += run.outbox.refused;
      await rm(dir, { recursive: true, force: true });
    }),
    { numRuns: 300 },
  );
  // Else it would have tried nothing.
  expect(Math.min(conflated, refused)).toBeGreaterThan(100);
}, 120_000);
