import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BusClient, BusStats } from '@bitten/transport';
import type { Crew } from './crew.js';
import type { Member } from './member.js';
import { megabytesOf, readProcess } from './proc.js';
import type { ProcessSample, Samples } from './samples.js';

/** Looks at everything now and then. */
export class Watch {
  readonly #crew: Crew;
  readonly #client: BusClient;
  readonly #samples: Samples;
  readonly #startedAt = performance.now();
  #asking = false;
  #stats: BusStats | null = null;

  constructor(crew: Crew, client: BusClient, samples: Samples) {
    this.#crew = crew;
    this.#client = client;
    this.#samples = samples;
  }

  /** Seconds since it began. */
  get t(): number {
    return (performance.now() - this.#startedAt) / 1000;
  }

  /** What the bus answered last. */
  get stats(): BusStats | null {
    return this.#stats;
  }

  look(): void {
    void this.ask();
    const t = round(this.t);
    for (const member of this.#crew.all) {
      const sample = this.#lookAt(member, t);
      if (sample !== null) this.#samples.add(sample);
    }
    const { dataDir, database } = this.#crew;
    const log = this.#stats?.log;
    this.#samples.add({
      kind: 'system',
      t,
      log_mb: round(megabytesOf(join(dataDir, 'log'))),
      segments: log?.segments ?? 0,
      store_mb: round(megabytesOf(database)),
      wal_mb: round(megabytesOf(`${database}-wal`)),
      spool_mb: round(megabytesOf(join(dataDir, 'spool'))),
      next_seq: log?.next ?? null,
    });
  }

  /** Asks the bus how it is; a bus that is away for a moment is asked again the next time. */
  async ask(): Promise<BusStats | null> {
    if (this.#asking) return this.#stats;
    this.#asking = true;
    try {
      this.#stats = await this.#client.stats({ timeout_ms: 5_000 });
    } catch {
      this.#stats = null;
    } finally {
      this.#asking = false;
    }
    return this.#stats;
  }

  #lookAt(member: Member, t: number): ProcessSample | null {
    const { pid, role, life } = member;
    const facts = pid === undefined ? null : readProcess(pid);
    if (pid === undefined || facts === null) return null;
    return {
      kind: 'process',
      t,
      role,
      life,
      pid,
      age_s: round(member.age_s),
      rss_mb: round(facts.rss_mb),
      heap_mb: this.#heapOf(pid),
      descriptors: facts.descriptors,
      cpu_s: facts.cpu_s,
      lag: this.#lagOf(role),
    };
  }

  #heapOf(pid: number): number | null {
    try {
      return round(Number(readFileSync(this.#crew.heapFile(pid), 'utf8')) / 1e6);
    } catch {
      return null;
    }
  }

  /** Of readers what they have still to read, of publishers what is not acknowledged. */
  #lagOf(role: string): number | null {
    if (role === 'collector')
      return this.#stats?.cursors.find(({ name }) => name === 'collector')?.lag ?? null;
    if (role === 'witness') return this.#crew.witnessed?.lag ?? null;
    if (role === 'bus') return null;
    const runs = [...this.#crew.published.values()];
    return runs.reduce((sum, { pending, done }) => sum + (done ? 0 : pending), 0);
  }
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
