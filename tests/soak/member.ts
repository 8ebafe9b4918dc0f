import { type ChildProcess, spawn } from 'node:child_process';
import { appendFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';

export interface MemberOptions {
  role: string;
  /** Script and arguments of a life, counted from 1. */
  command: (life: number) => string[];
  env: Record<string, string>;
  cwd: string;
  /** Standard error of all lives. */
  logFile: string;
  /** Whether a line of its output, or of its log, says that it is ready. */
  isReady: (line: string) => boolean;
  /** Hears each JSON line of standard output. */
  onLine: (life: number, line: Record<string, unknown>) => void;
}

const ready_ms_max = 120_000;
const attempts_max = 5;

/** One part of the system: a process, and after a restart the next one in its place. */
export class Member {
  readonly role: string;
  readonly #o: MemberOptions;
  #child: ChildProcess | undefined;
  #life = 0;
  #startedAt = 0;
  #ready = false;
  /** Lives that ended without being asked to. */
  readonly crashes: string[] = [];
  #ending = false;

  constructor(options: MemberOptions) {
    this.#o = options;
    this.role = options.role;
  }

  get life(): number {
    return this.#life;
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** Seconds since this life began. */
  get age_s(): number {
    return (performance.now() - this.#startedAt) / 1000;
  }

  /** Begins a life; one that ends before it is ready is begun anew, as a supervisor would. */
  async start(): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      this.#spawn();
      if (await this.#becomesReady()) return;
      this.#child?.kill('SIGKILL');
      if (attempt === attempts_max) throw new Error(`${this.role} does not start, see ${this.#o.logFile}`);
      await sleep(2_000 * attempt);
    }
  }

  /** Ends this life and begins the next. */
  async restart(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    await this.stop(signal);
    await this.start();
  }

  /** Resolves with the exit code when nothing is left of it; null where a signal ended it. */
  async stop(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM', timeout_ms = 60_000): Promise<number | null> {
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null)
      return child?.exitCode ?? null;
    this.#ending = true;
    const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
    child.kill(signal);
    const timer = setTimeout(() => child.kill('SIGKILL'), timeout_ms);
    await ended;
    clearTimeout(timer);
    return child.exitCode;
  }

  signal(signal: NodeJS.Signals): void {
    this.#child?.kill(signal);
  }

  #spawn(): void {
    const { command, env, cwd, logFile, isReady, onLine, role } = this.#o;
    this.#life += 1;
    this.#startedAt = performance.now();
    this.#ready = false;
    this.#ending = false;
    const life = this.#life;
    const child = spawn(process.execPath, command(life), { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    createInterface({ input: child.stderr! }).on('line', (line) => {
      if (isReady(line)) this.#ready = true;
      appendFileSync(logFile, `${line}\n`);
    });
    createInterface({ input: child.stdout! }).on('line', (line) => {
      if (isReady(line)) this.#ready = true;
      const fields = parse(line);
      if (fields !== undefined) onLine(life, fields);
    });
    child.once('close', (code, signal) => {
      if (!this.#ending) this.crashes.push(`${role}, life ${life}: ${signal ?? `exit code ${code}`}`);
    });
    this.#child = child;
  }

  async #becomesReady(): Promise<boolean> {
    const deadline = performance.now() + ready_ms_max;
    while (!this.#ready) {
      const { exitCode, signalCode } = this.#child!;
      if (exitCode !== null || signalCode !== null || performance.now() > deadline) return false;
      await sleep(50);
    }
    return true;
  }
}

function parse(line: string): Record<string, unknown> | undefined {
  try {
    return JSON.parse(line) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}
