import { GapError } from '@bitten/schema';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BeyondEndError, type Log, type NewRecord } from '../log/index.js';
import { batch, eventsOf, type PlacedEvent, readToEnd } from './log-batches.js';
import { type LogHarness, smallSegmentBytes } from './log-harness.js';

type Step =
  | { do: 'stage'; count: number; eventBytes: number; producer: number; later_s: number }
  | { do: 'commit' }
  | { do: 'discard' }
  | { do: 'reopen' }
  | { do: 'read'; at: number; bytesMax: number }
  | { do: 'time'; at: number }
  | { do: 'retain'; bytesMax: number; floor: number };

const fraction = fc.double({ min: 0, max: 1, noNaN: true });

const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        do: fc.constant('stage' as const),
        count: fc.integer({ min: 1, max: 20 }),
        eventBytes: fc.constantFrom(20, 100, 700, 6000),
        producer: fc.integer({ min: 0, max: 3 }),
        later_s: fc.integer({ min: -2, max: 3 }),
      }),
    },
    { weight: 5, arbitrary: fc.constant({ do: 'commit' as const }) },
    { weight: 1, arbitrary: fc.constantFrom({ do: 'discard' as const }, { do: 'reopen' as const }) },
    {
      weight: 3,
      arbitrary: fc.record({
        do: fc.constant('read' as const),
        at: fraction,
        bytesMax: fc.integer({ min: 1, max: 9000 }),
      }),
    },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('time' as const), at: fraction }) },
    {
      weight: 1,
      arbitrary: fc.record({
        do: fc.constant('retain' as const),
        bytesMax: fc.integer({ min: 0, max: 40_000 }),
        floor: fraction,
      }),
    },
  ),
  { maxLength: 80, size: 'max' },
);

/** The log as an array: slow, and plainly right. */
class ModelLog {
  readonly events: PlacedEvent[] = [];
  staged: PlacedEvent[] = [];
  firstSeq = 1;
  readonly #next = new Map<string, number>();

  get nextSeq(): number {
    return this.events.length + 1;
  }

  stage(record: NewRecord): void {
    const before = this.staged.at(-1) ?? this.events.at(-1);
    const seq = this.nextSeq + this.staged.length;
    const appendedAt = Math.max(record.appendedAt, before?.appendedAt ?? 0);
    this.staged.push(...eventsOf([{ ...record, seq, appendedAt }]));
  }

  commit(): void {
    for (const event of this.staged) {
      this.events.push(event);
      this.#next.set(event.producer, event.producerSeq);
    }
    this.staged = [];
  }

  lastProducerSeq(producer: string): number | undefined {
    return producer === '' ? undefined : this.#next.get(producer);
  }

  nextProducerSeq(producer: string): number {
    const staged = this.staged.filter((event) => event.producer === producer).at(-1)?.producerSeq;
    return producer === '' ? 0 : (staged ?? this.lastProducerSeq(producer) ?? 0) + 1;
  }
}

const producers = ['', 'a', 'b', '0192f0aa-bbbb-7ccc-8ddd-eeeeeeeeeeee'];

/** Random lives of a log, compared with an array at every step. */
export function logModelContract(name: string, makeHarness: () => LogHarness, runs: number): void {
  describe(`${name} and an array`, () => {
    it('agree, whatever is done to them', () => {
      fc.assert(
        fc.property(steps, (life) => live(makeHarness(), life)),
        { numRuns: runs },
      );
    });
  });
}

function live(harness: LogHarness, life: Step[]): void {
  const model = new ModelLog();
  let log = harness.open({ segmentBytesMax: smallSegmentBytes });
  let now = 1000;
  try {
    for (const [i, step] of life.entries()) {
      if (step.do === 'reopen') {
        if (!harness.survivesClose) continue;
        log.close();
        model.staged = [];
        log = harness.open({ segmentBytesMax: smallSegmentBytes });
      } else if (step.do === 'stage') {
        now += step.later_s;
        const producer = producers[step.producer]!;
        const producerSeq = model.nextProducerSeq(producer);
        const record = batch({ ...step, producer, producerSeq, appendedAt: now, mark: `s${i}` });
        expect(log.stage(record)).toBe(model.nextSeq + model.staged.length);
        model.stage(record);
      } else {
        apply(step, log, model);
      }
      expect([log.firstSeq, log.nextSeq]).toEqual([model.firstSeq, model.nextSeq]);
    }
    compareAll(log, model);
  } finally {
    log.close();
    harness.cleanup();
  }
}

function apply(step: Exclude<Step, { do: 'stage' | 'reopen' }>, log: Log, model: ModelLog): void {
  if (step.do === 'commit') {
    log.commit();
    model.commit();
  } else if (step.do === 'discard') {
    log.discard();
    model.staged = [];
  } else if (step.do === 'read') {
    compareRead(log, model, { from: 1 + Math.floor(step.at * (model.nextSeq + 1)), bytesMax: step.bytesMax });
  } else if (step.do === 'time') {
    const time = 990 + step.at * ((model.events.at(-1)?.appendedAt ?? 1000) - 980);
    const found = model.events.find((event) => event.seq >= model.firstSeq && event.appendedAt >= time);
    expect(log.seqAtTime(time)).toBe(found?.seq ?? model.nextSeq);
  } else {
    const floor = 1 + Math.floor(step.floor * model.nextSeq);
    const removed = log.retain({ bytesMax: step.bytesMax, floor });
    expect(removed).toBe(log.firstSeq - model.firstSeq);
    if (removed > 0) expect(log.firstSeq).toBeLessThanOrEqual(floor);
    model.firstSeq = log.firstSeq;
  }
}

function compareRead(
  log: Log,
  model: ModelLog,
  { from, bytesMax }: { from: number; bytesMax: number },
): void {
  if (from > model.nextSeq) {
    expect(() => log.read(from, bytesMax)).toThrow(BeyondEndError);
  } else if (from < model.firstSeq) {
    expect(() => log.read(from, bytesMax)).toThrow(GapError);
  } else {
    const read = eventsOf(log.read(from, bytesMax));
    expect(read.length > 0).toBe(from < model.nextSeq);
    expect(read).toEqual(model.events.slice(from - 1, from - 1 + read.length));
  }
}

function compareAll(log: Log, model: ModelLog): void {
  expect(readToEnd(log, log.firstSeq, 5000)).toEqual(model.events.slice(model.firstSeq - 1));
  for (const producer of producers) {
    expect(log.lastProducerSeq(producer)).toBe(model.lastProducerSeq(producer));
  }
}
