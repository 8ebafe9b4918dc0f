import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from '@bitten/simulator';
import { check } from '../check/check.js';
import type { Verdict } from '../check/verdict.js';
import { Load } from '../load/load.js';
import { lastSaid } from '../system/said.js';
import { System } from '../system/system.js';
import { until } from '../system/until.js';
import { countLostAtOnce } from './lost-at-once.js';
import type { PoweredDisk } from './powered-disk.js';

export interface StoryOptions {
  disk: PoweredDisk;
  /** Outside of the disk: what was promised must survive it. */
  notesDir: string;
  random: Random;
  env: Readonly<Record<string, string>>;
}

/** What is going on when the power fails: work, the bus gone and the spools in use, everybody just starting. */
const scenes = ['work', 'work', 'bus away', 'start'] as const;

/** One disk, the system and its publishers on it, and the cuts they go through. */
export class PowerStory {
  readonly #o: StoryOptions;
  readonly #system: System;
  readonly #load: Load;

  private constructor(options: StoryOptions, system: System) {
    this.#o = options;
    this.#system = system;
    const seed = String(options.random.float());
    this.#load = new Load({ system, seed, notesDir: options.notesDir });
  }

  static async begin(options: StoryOptions): Promise<PowerStory> {
    const { dataDir, env } = options.disk;
    // Small segments, so that the power also fails while one is begun or closed.
    const small = { BITTEN_SEGMENT_BYTES: '1MiB', BITTEN_HEARTBEAT: '1h' };
    const settings = { ...small, ...env, ...options.env };
    // Both may have something to load before the programs.
    const NODE_OPTIONS = [env.NODE_OPTIONS, options.env.NODE_OPTIONS].filter(Boolean).join(' ');
    return new PowerStory(options, await System.in(dataDir, { ...settings, NODE_OPTIONS }));
  }

  /** Everybody works; the power fails. Returns how many acknowledged events the log has lost by it. */
  async cut(): Promise<{ lost: number; end: number }> {
    const { disk, random } = this.#o;
    const scene = random.pick(scenes);
    this.#system.launchBus({ env: disk.busEnv() });
    this.#system.launchCollector();
    this.#load.start();
    if (scene === 'start') {
      await sleep(random.integer(50, 900));
    } else {
      await this.#untilGoingOn();
      if (scene === 'bus away') await this.#system.bus.kill();
      await sleep(random.integer(0, 900));
    }
    await disk.cut(this.#system);
    return countLostAtOnce(disk.dataDir, this.#load.lives);
  }

  /** Everything is delivered and ended in good order; the whole story is checked. */
  async end(): Promise<Verdict> {
    await this.#system.startBus();
    await this.#system.startCollector();
    this.#load.start();
    await this.#load.goesOn();
    // One that has not come so far yet would take the request to end as its death.
    for (const { name } of this.#load.parts) {
      await until(`${name} to be ready`, () => lastSaid(this.#load.publisherNow(name)!, 'ready'));
    }
    await this.#load.finishPublishing();
    const end = await this.#system.settled();
    await this.#load.finishWatching(end);
    // Asked to end, it would log its farewell behind the collector's back.
    await this.#system.bus.kill();
    await this.#system.collector.stop();
    const { seed, padding_max, watches } = this.#load;
    // A spool is not synced: what was on the publisher's disk before a cut is not promised after it.
    const lives = this.#load.lives.map((life) => (life.complete ? life : { ...life, keptFile: '' }));
    const { dataDir } = this.#o.disk;
    const verdict = check({ dataDir, seed, padding_max, lives, watches });
    const left = this.#o.disk.method === 'image' ? spoolsLeft(dataDir) : [];
    return { ...verdict, ok: verdict.ok && left.length === 0, violations: [...verdict.violations, ...left] };
  }

  async close(): Promise<void> {
    await this.#system.close();
  }

  /** Work is going on, or the power has failed before it could. */
  async #untilGoingOn(): Promise<void> {
    const before = this.#load.progress;
    await until(
      'receipts to come',
      () => this.#load.progress > before + 1_000 || this.#system.bus.ending !== undefined,
      { found: () => this.#system.tails() },
    );
  }
}

/**
 * What a cut has made of a spool that was never synced, the lives after it must have come to an end with. One
 * whose pieces came to the disk in any order may be damaged in its middle: that is reported, and stays.
 */
function spoolsLeft(dataDir: string): string[] {
  const dir = join(dataDir, 'spool');
  const components = existsSync(dir) ? readdirSync(dir) : [];
  return components.flatMap((name) =>
    readdirSync(join(dir, name)).map((spool) => `a spool of ${name} is left: ${spool}`),
  );
}
