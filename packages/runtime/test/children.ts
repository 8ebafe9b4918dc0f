import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'tsup';

const here = dirname(fileURLToPath(import.meta.url));

/** A program of test/fixtures, built from the sources as they are now. */
export interface Program {
  path: string;
  remove(): void;
}

/** Builds a fixture within the package, where its dependencies are found. */
export async function buildProgram(fixture: string): Promise<Program> {
  const cache = join(here, '../node_modules/.cache/fixtures');
  mkdirSync(cache, { recursive: true });
  const outDir = mkdtempSync(join(cache, `${basename(fixture, '.ts')}-`));
  const options = { format: ['esm' as const], target: 'node20', silent: true, config: false, outExtension };
  await build({ ...options, entry: [join(here, 'fixtures', fixture)], outDir });
  return {
    path: join(outDir, fixture.replace('.ts', '.mjs')),
    remove: () => rmSync(outDir, { recursive: true, force: true }),
  };
}

const outExtension = () => ({ js: '.mjs' });

/** A running child whose output can be waited for. */
export class Child {
  readonly process: ChildProcess;
  stdout = '';
  stderr = '';
  readonly messages: unknown[] = [];
  readonly exited: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  #onOutput: () => void = () => {};

  constructor(program: Program, options: { args?: string[]; env?: Record<string, string>; ipc?: boolean } = {}) {
    const { args = [], env = {}, ipc = false } = options;
    this.process = spawn(process.execPath, [program.path, ...args], {
      env: { PATH: process.env.PATH, ...env },
      stdio: ['pipe', 'pipe', 'pipe', ...(ipc ? ['ipc' as const] : [])],
    });
    this.process.stdout?.on('data', (chunk) => this.#receive('stdout', String(chunk)));
    this.process.stderr?.on('data', (chunk) => this.#receive('stderr', String(chunk)));
    this.process.on('message', (message) => this.messages.push(message));
    this.exited = once(this.process, 'close').then(([code, signal]) => ({ code, signal }));
  }

  #receive(stream: 'stdout' | 'stderr', text: string): void {
    this[stream] += text;
    this.#onOutput();
  }

  /** Resolves once a text has been printed on either stream; rejects where the child ends without it. */
  async printed(text: string): Promise<void> {
    const isThere = () => `${this.stdout}${this.stderr}`.includes(text);
    await new Promise<void>((resolve, reject) => {
      this.#onOutput = () => isThere() && resolve();
      this.#onOutput();
      this.exited.then(() => (isThere() ? resolve() : reject(new Error(`never printed ${text}: ${this.stderr}`))));
    });
  }

  kill(signal: NodeJS.Signals): void {
    this.process.kill(signal);
  }
}
