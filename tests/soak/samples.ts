import { appendFileSync, writeFileSync } from 'node:fs';

/** One look at one process. */
export interface ProcessSample {
  kind: 'process';
  /** Seconds since the soak began. */
  t: number;
  role: string;
  /** Which of its lives, from 1 on. */
  life: number;
  pid: number;
  /** Seconds since this life began. */
  age_s: number;
  rss_mb: number;
  /** What its JavaScript heap and buffers hold; null where it has not said. */
  heap_mb: number | null;
  descriptors: number;
  /** Since this life began, all threads. */
  cpu_s: number;
  /** Events behind; null where it has not said. */
  lag: number | null;
}

/** One look at the disk and the bus. */
export interface SystemSample {
  kind: 'system';
  t: number;
  log_mb: number;
  segments: number;
  store_mb: number;
  wal_mb: number;
  spool_mb: number;
  /** Null while the bus does not answer. */
  next_seq: number | null;
}

export type Sample = ProcessSample | SystemSample;

/** Keeps the samples, and writes each down at once: a run that is cut short leaves them too. */
export class Samples {
  readonly processes: ProcessSample[] = [];
  readonly systems: SystemSample[] = [];
  readonly #file: string;

  constructor(file: string) {
    this.#file = file;
    writeFileSync(file, '');
  }

  add(sample: Sample): void {
    if (sample.kind === 'process') this.processes.push(sample);
    else this.systems.push(sample);
    appendFileSync(this.#file, `${JSON.stringify(sample)}\n`);
  }

  get roles(): string[] {
    return [...new Set(this.processes.map(({ role }) => role))];
  }

  /** The lives of a role, in order. */
  lives(role: string): ProcessSample[][] {
    const lives = new Map<number, ProcessSample[]>();
    for (const sample of this.processes) {
      if (sample.role !== role) continue;
      const life = lives.get(sample.life) ?? [];
      life.push(sample);
      lives.set(sample.life, life);
    }
    return [...lives.values()];
  }
}
