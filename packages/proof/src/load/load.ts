import { join } from 'node:path';
import type { Plan } from '../preload/plan.js';
import {
  lastEvent,
  lastSourceOf,
  type PublisherTask,
  type RawTask,
  type SubscriberTask,
} from '../programs/task.js';
import { bytesOf, lastNumber } from '../system/lines.js';
import { programs } from '../system/places.js';
import type { Program } from '../system/program.js';
import { reportOf } from '../system/said.js';
import { hasEvent } from '../system/store.js';
import type { System } from '../system/system.js';
import { until } from '../system/until.js';

/** One life of a publisher, from its start to its end, and where it has written down what it knows. */
export interface Life {
  run: number;
  /** `receipts` waits for them, `silent` does not, `raw` cannot. */
  kind: 'receipts' | 'silent' | 'raw';
  ackFile: string;
  keptFile: string;
  refusedFile: string;
  /** What it had published when it ended in good order and everything was acknowledged; else undefined. */
  complete?: { published: number; invalid: number };
}

/** One life of a subscriber. */
export interface Watch {
  seenFile: string;
}

export interface LoadOptions {
  system: System;
  seed: string;
  /** Where lives write down what they know; outside of the disk whose crashes are tried. */
  notesDir: string;
  /** Port of the bus as the components see it: that of what stands between, where there is something. */
  busPort?: number;
  /** Events a second of each publisher. Default 1,000. */
  rate_per_s?: number;
  /** Default 800: about half a kilobyte an event, half a second a segment of 1 MiB. */
  padding_max?: number;
  /** Default 2. */
  publishers?: number;
}

/** The names of the components, each with what it does with its receipts. */
type Part = { name: string; kind: 'receipts' | 'silent' };

/** Components at work on a system: publishers of three kinds and a subscriber; each can be killed and come again. */
export class Load {
  readonly lives: Life[] = [];
  readonly watches: Watch[] = [];
  readonly seed: string;
  readonly padding_max: number;
  readonly parts: readonly Part[];
  readonly #o: LoadOptions;
  readonly #running = new Map<string, { program: Program; life: Life }>();
  #subscriber: Program | undefined;

  constructor(options: LoadOptions) {
    this.#o = options;
    this.seed = options.seed;
    this.padding_max = options.padding_max ?? 800;
    const count = options.publishers ?? 2;
    this.parts = [
      ...Array.from({ length: count }, (_, index) => ({
        name: `engine-${index}`,
        kind: 'receipts' as const,
      })),
      { name: 'careless', kind: 'silent' },
    ];
  }

  /** Starts every publisher and the subscriber. */
  start(): void {
    for (const { name } of this.parts) this.startPublisher(name);
    this.startSubscriber();
  }

  /** Begins a new life of a publisher. */
  startPublisher(name: string, { plan }: { plan?: Plan | undefined } = {}): Program {
    const { kind } = this.parts.find((part) => part.name === name)!;
    const life = this.#newLife(kind);
    const task: PublisherTask = {
      name,
      run: life.run,
      seed: this.seed,
      padding_max: this.padding_max,
      rate_per_s: this.#o.rate_per_s ?? 1_000,
      invalidEvery: 50,
      ackFile: kind === 'receipts' ? life.ackFile : null,
      keptFile: life.keptFile,
      refusedFile: life.refusedFile,
    };
    const program = this.#run(name, programs.publisher, { task, plan });
    this.#running.set(name, { program, life });
    return program;
  }

  /** Begins a new life of the subscriber, under the same durable cursor. */
  startSubscriber(): Program {
    const watch = { seenFile: join(this.#o.notesDir, `seen-${this.watches.length}`) };
    this.watches.push(watch);
    const task: SubscriberTask = { name: 'watcher', cursor: 'watcher', seenFile: watch.seenFile };
    this.#subscriber = this.#run('watcher', programs.subscriber, { task });
    return this.#subscriber;
  }

  /** The life of a publisher begun last. */
  lifeOf(name: string): Life {
    return this.#running.get(name)!.life;
  }

  get subscriberNow(): Program | undefined {
    return this.#subscriber;
  }

  /** The process of a publisher that has been started. */
  publisher(name: string): Program {
    return this.#running.get(name)!.program;
  }

  /** The process of a publisher started last, whether it runs or not. */
  publisherNow(name: string): Program | undefined {
    return this.#running.get(name)?.program;
  }

  /** A number that grows with every receipt written down. */
  get progress(): number {
    return this.lives.reduce((sum, { ackFile }) => sum + bytesOf(ackFile), 0);
  }

  /** Waits until receipts for some more events have come. */
  async goesOn(what = 'receipts to come'): Promise<void> {
    const enough = this.progress + 1_000;
    await until(what, () => this.progress >= enough, { found: () => this.#tails() });
  }

  /** Ends the publishers in good order: all they have published is acknowledged then. */
  async finishPublishing(): Promise<void> {
    const running = [...this.#running.values()];
    for (const { program } of running) {
      // Before that it would not know what a signal means.
      const isAtWork = () => program.lines.length > 0 || program.ending !== undefined;
      await until(`${program.name} to be at work`, isAtWork, {
        found: () => program.tail(),
      });
      program.signal('SIGTERM');
    }
    await Promise.all(
      running.map(async ({ program, life }) => {
        const { published, invalid, threw, unhandled } = await reportOf(program);
        if (Number(threw) + Number(unhandled) > 0) {
          throw new Error(`publishing has thrown into the component: ${program.tail()}`);
        }
        life.complete = { published: Number(published), invalid: Number(invalid) };
      }),
    );
    this.#running.clear();
  }

  /** Sends events by 5571 while bus and collector run undisturbed, and waits until the last one is stored. */
  async sendRaw(count = 40): Promise<void> {
    const { system } = this.#o;
    const life = this.#newLife('raw');
    const endpoint = `tcp://127.0.0.1:${system.ports.pull}`;
    const { seed, padding_max } = this;
    const task: RawTask = { endpoint, run: life.run, seed, padding_max, count, rate_per_s: 500 };
    const { published, invalid } = await reportOf(this.#run('raw', programs.raw, { task }));
    await until('what was sent to 5571', () => hasEvent(system.database, lastEvent, lastSourceOf(life.run)));
    life.complete = { published: Number(published), invalid: Number(invalid) };
  }

  /** Waits until the subscriber has been handed everything before `end`, and ends it. */
  async finishWatching(end: number): Promise<void> {
    const { seenFile } = this.watches.at(-1)!;
    await until(`the subscriber to see ${end - 1}`, () => lastNumber(seenFile) >= end - 1, {
      every_ms: 50,
      found: () => `${lastNumber(seenFile)}; ${this.#subscriber?.tail()}`,
    });
    await this.#subscriber?.stop();
  }

  #newLife(kind: Life['kind']): Life {
    const run = this.lives.length;
    const file = (what: string) => join(this.#o.notesDir, `${what}-${run}`);
    const life = { run, kind, ackFile: file('acks'), keptFile: file('kept'), refusedFile: file('refused') };
    this.lives.push(life);
    return life;
  }

  #run(name: string, script: string, { task, plan }: { task: object; plan?: Plan | undefined }): Program {
    const { system, busPort } = this.#o;
    return system.run(name, script, {
      args: [JSON.stringify(task)],
      plan,
      ...(busPort === undefined ? {} : { env: { BITTEN_BUS_PORT: String(busPort) } }),
    });
  }

  #tails(): string {
    return [...this.#running.values()].map(({ program }) => program.tail()).join('\n');
  }
}
