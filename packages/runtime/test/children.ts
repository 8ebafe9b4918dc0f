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
  readonly #watchers: Array<() => void> = [];

  constructor(
    program: Program,
    options: { args?: string[]; env?: Record<string, string>; ipc?: boolean } = {},
  ) {
    const { args = [], env = {}, ipc = false } = options;
    this.process = spawn(process.execPath, [program.path, ...args], {
      env: { PATH: process.env.PATH, ...env },
      stdio: ['pipe', 'pipe', 'pipe', ...(ipc ? ['ipc' as const] : [])],
    });
    this.process.stdout?.on('data', (chunk) => this.#receive('stdout', String(chunk)));
    this.process.stderr?.on('data', (chunk) => this.#receive('stderr', String(chunk)));
    this.process.on('message', (message) => this.messages.push(message));
    // Not the process's own `close`: it never comes where the parent has disconnected its channel.
    const { stdout, stderr } = this.process;
    const ends = [once(this.process, 'exit'), once(stdout!, 'close'), once(stderr!, 'close')] as const;
    this.exited = Promise.all(ends).then(([[code, signal]]) => ({ code, signal }));
  }

  #receive(stream: 'stdout' | 'stderr', text: string): void {
    this[stream] += text;
    for (const watch of this.#watchers) watch();
  }

  /** Resolves once a text has been printed on either stream; rejects where the child ends without it. */
  async printed(text: string): Promise<void> {
    const isThere = () => `${this.stdout}${this.stderr}`.includes(text);
    await new Promise<void>((resolve, reject) => {
      const watch = () => isThere() && resolve();
      this.#watchers.push(watch);
      watch();
      this.exited.then(() =>
        reject(new Error(`ended without printing ${text}: ${this.stdout}${this.stderr}`)),
      );
    });
  }

  kill(signal: NodeJS.Signals): void {
    this.process.kill(signal);
  }
}
