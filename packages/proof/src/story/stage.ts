import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Load } from '../load/load.js';
import type { Plan } from '../preload/plan.js';
import { bytesOf, lastLine } from '../system/lines.js';
import type { Program } from '../system/program.js';
import { isReady, System } from '../system/system.js';
import { until } from '../system/until.js';
import type { Target } from './fault.js';
import { Relay } from './relay.js';
import { countKill, type Tally } from './tally.js';

export interface StageOptions {
  /** A folder of this round's own. */
  dir: string;
  seed: string;
  tally: Tally;
  /** Settings of all programs beside those made here. */
  env?: Readonly<Record<string, string>> | undefined;
}

/** The smallest segment there is, so that segments begin and end all the time. */
const segmentBytes = 1024 * 1024;

/** A system under load on which faults are played. Whoever plays one leaves it as he likes: `recover` mends it. */
export class Stage {
  readonly system: System;
  readonly load: Load;
  readonly relay: Relay;
  readonly tally: Tally;
  readonly #hitsFile: string;
  /** Processes that were right to end by themselves. */
  readonly #refused = new Set<number>();

  private constructor(parts: { system: System; load: Load; relay: Relay; tally: Tally; hitsFile: string }) {
    this.system = parts.system;
    this.load = parts.load;
    this.relay = parts.relay;
    this.tally = parts.tally;
    this.#hitsFile = parts.hitsFile;
  }

  static async set({ dir, seed, tally, env = {} }: StageOptions): Promise<Stage> {
    const dataDir = join(dir, 'data');
    const notesDir = join(dir, 'notes');
    for (const folder of [dataDir, notesDir]) mkdirSync(folder, { recursive: true, mode: 0o700 });
    const system = await System.in(dataDir, { BITTEN_SEGMENT_BYTES: String(segmentBytes), ...env });
    const relay = await Relay.to(system.ports.bus);
    const load = new Load({ system, seed, notesDir, busPort: relay.port });
    const stage = new Stage({ system, load, relay, tally, hitsFile: join(notesDir, 'hits') });
    try {
      await stage.recover();
    } catch (error) {
      // Nobody else has the stage yet: what it has started would go on.
      await stage.close();
      throw error;
    }
    return stage;
  }

  /** A process of ours that runs now; undefined where it does not. */
  running(target: Target, who = 0): Program | undefined {
    const { system, load } = this;
    const program = {
      bus: () => system.busNow,
      collector: () => system.collectorNow,
      publisher: () => load.publisherNow(this.nameOf(who)),
      subscriber: () => load.subscriberNow,
    }[target]();
    return program?.ending === undefined ? program : undefined;
  }

  /** The publisher meant by a number. */
  nameOf(who: number): string {
    const { parts } = this.load;
    return parts[who % parts.length]!.name;
  }

  /** The folders of a publisher's spools, of all its lives. */
  spoolsOf(who: number): string[] {
    const dir = join(this.system.dataDir, 'spool', this.nameOf(who));
    if (!existsSync(dir)) return [];
    return readdirSync(dir).map((name) => join(dir, name));
  }

  /** Kills a process where it runs, at whatever it is doing. */
  async kill(target: Target, who = 0): Promise<void> {
    const program = this.running(target, who);
    if (program === undefined) return;
    await program.kill();
    countKill(this.tally, 'random', target);
  }

  /** Starts a process without waiting until it is ready. */
  launch(target: Target, { plan, env, who = 0 }: LaunchOptions = {}): Program {
    const { system, load } = this;
    const options = { plan, ...(env === undefined ? {} : { env }) };
    switch (target) {
      case 'bus':
        return system.launchBus(options);
      case 'collector':
        return system.launchCollector(options);
      case 'publisher':
        return load.startPublisher(this.nameOf(who), { plan });
      case 'subscriber':
        return load.startSubscriber();
    }
  }

  /** Starts what does not run, and waits until bus and collector are at work. Throws where one ended by itself. */
  async recover(): Promise<void> {
    for (const { name, pid, ending, tail } of this.system.programs) {
      if (ending === undefined || ending.signal === 'SIGKILL' || this.#refused.has(pid)) continue;
      throw new Error(`the ${name} ended by itself: ${tail()}`);
    }
    await Promise.all([this.ensure('bus'), this.ensure('collector')]);
    this.callClients();
  }

  /** Starts whatever client of the bus does not run, without waiting for it: they make the bus do what it does. */
  callClients(): void {
    if (this.running('collector') === undefined) this.launch('collector');
    for (const who of this.load.parts.keys()) {
      if (this.running('publisher', who) === undefined) this.launch('publisher', { who });
    }
    if (this.running('subscriber') === undefined) this.launch('subscriber');
  }

  /** Waits until those who must see everything have told the bus so: what nobody holds may be removed. */
  async held(): Promise<void> {
    await this.recover();
    const file = join(this.system.dataDir, 'log', 'cursors.json');
    const holders = ['"collector"', '"watcher"'];
    await until('collector and subscriber to hold what they have not read', () => {
      const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
      return holders.every((name) => text.includes(name));
    });
  }

  /** Starts bus or collector where it does not run. */
  async ensure(target: 'bus' | 'collector'): Promise<void> {
    if (this.running(target) !== undefined) return;
    await this.launch(target).logged('ready', isReady);
  }

  /** Grows with each thing that a process has written down. */
  get notes(): number {
    return bytesOf(this.#hitsFile);
  }

  /** What is to happen within a process. */
  plan(plan: Omit<Plan, 'hitsFile'>): Plan {
    return { hitsFile: this.#hitsFile, ...plan };
  }

  /** Waits for a process to die at its point, which it must have written down. Throws where it does not come to it. */
  async diedAt(program: Program, target: Target, crash: NonNullable<Plan['crash']>): Promise<void> {
    await until(`the ${target} to come to ${crash.point}`, () => program.ending, {
      every_ms: 2,
      timeout_ms: pointPatience_ms,
      found: () => program.tail(),
    });
    if (program.ending?.signal !== 'SIGKILL' || lastLine(this.#hitsFile) !== crash.point) {
      throw new Error(`the ${target} ended before it came to ${crash.point}: ${program.tail()}`);
    }
    countKill(this.tally, crash.point, target);
  }

  /** Waits for a process to refuse its files, naming one of them. */
  async refuses(program: Program, file: string): Promise<void> {
    await until(`the ${program.name} to refuse ${file}`, () => program.ending, {
      found: () => program.tail(),
    });
    if (program.ending?.code === 0 || !program.tail().includes(file)) {
      throw new Error(`the ${program.name} did not name ${file} as damaged: ${program.tail()}`);
    }
    this.#refused.add(program.pid);
    this.tally.damageNamed += 1;
  }

  async close(): Promise<void> {
    await this.system.close();
    await this.relay.close();
  }
}

interface LaunchOptions {
  plan?: Plan | undefined;
  env?: Readonly<Record<string, string>>;
  who?: number;
}

/** Under load every point comes by within seconds. */
const pointPatience_ms = 60_000;
