import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { until } from './until.js';

export interface ProgramOptions {
  /** How it is called in messages. */
  name: string;
  /** A script for node, or with `command` its first argument. */
  script: string;
  args?: readonly string[];
  /** Default: the node this runs on. */
  command?: string;
  /** Arguments of node itself, before the script. */
  nodeArgs?: readonly string[];
  env?: Readonly<Record<string, string>>;
  cwd?: string;
  /**
   * In a process group of its own: Ctrl-C then reaches us alone, who end it in order. Where we die without that, a
   * program that knows `BITTEN_STOP_WITH_PARENT` ends too. Default false.
   */
  detached?: boolean;
}

export interface Ending {
  code: number | null;
  signal: NodeJS.Signals | null;
}

/** A real process: its lines are kept, it is ended by its own pid. */
export class Program {
  readonly name: string;
  /** Lines of standard output. */
  readonly lines: string[] = [];
  /** Lines of standard error, where our programs keep their log. */
  readonly log: string[] = [];
  readonly #child: ChildProcess;
  readonly #closed: Promise<Ending>;
  #ending: Ending | undefined;

  constructor(options: ProgramOptions) {
    const { name, script, args = [], command = process.execPath, nodeArgs = [], env, cwd } = options;
    const { detached = false } = options;
    this.name = name;
    this.#child = spawn(command, [...nodeArgs, script, ...args], {
      env: { ...cleanEnvironment(), ...(detached ? { BITTEN_STOP_WITH_PARENT: '1' } : {}), ...env },
      cwd,
      detached,
      stdio: ['ignore', 'pipe', 'pipe', ...(detached ? (['ipc'] as const) : [])],
    });
    createInterface({ input: this.#child.stdout! }).on('line', (line) => this.lines.push(line));
    createInterface({ input: this.#child.stderr! }).on('line', (line) => this.log.push(line));
    this.#closed = new Promise((resolve, reject) => {
      this.#child.once('error', reject);
      // Not `exit`: what the process said last must have been read.
      this.#child.once('close', (code, signal) => {
        this.#ending = { code, signal };
        resolve(this.#ending);
      });
    });
    this.#closed.catch(() => undefined);
  }

  get pid(): number {
    return this.#child.pid!;
  }

  /** How it ended; undefined while it runs. */
  get ending(): Ending | undefined {
    return this.#ending;
  }

  signal(signal: NodeJS.Signals): void {
    if (this.#child.exitCode === null && this.#child.signalCode === null) process.kill(this.pid, signal);
  }

  /** `kill -9`, and nothing of it is left when the promise resolves. */
  async kill(): Promise<void> {
    this.signal('SIGKILL');
    await this.ended();
  }

  /** Asks it to end in good order and waits until it has. */
  async stop(signal: 'SIGINT' | 'SIGTERM' = 'SIGTERM'): Promise<Ending> {
    this.signal(signal);
    return this.ended();
  }

  /** Waits for its end. */
  async ended(): Promise<Ending> {
    return until(`the end of ${this.name}`, () => this.#ending, { every_ms: 5, found: () => this.tail() });
  }

  /** Waits for a line of its log, a JSON object, that passes. Throws where the process ends without one. */
  async logged(what: string, passes: (line: LogLine) => boolean): Promise<LogLine> {
    let seen = 0;
    return until(
      `${this.name} to log ${what}`,
      () => {
        const ended = this.#ending;
        for (; seen < this.log.length; seen += 1) {
          const line = parse(this.log[seen]!);
          if (line !== undefined && passes(line)) return line;
        }
        if (ended !== undefined) {
          throw new Error(`${this.name} ended before it logged ${what}: ${this.tail()}`);
        }
        return undefined;
      },
      { every_ms: 5, found: () => this.tail() },
    );
  }

  /** The last things it said. */
  readonly tail = (): string => [...this.lines.slice(-5), ...this.log.slice(-20)].join('\n');
}

export type LogLine = Record<string, unknown> & { level?: string; msg?: string };

function parse(text: string): LogLine | undefined {
  try {
    return JSON.parse(text) as LogLine;
  } catch {
    return undefined;
  }
}

/** Settings of whoever runs this must not reach the programs under proof. */
function cleanEnvironment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !/^(BITTEN_|VITEST|NODE_OPTIONS$)/.test(name));
  return Object.fromEntries(kept);
}
