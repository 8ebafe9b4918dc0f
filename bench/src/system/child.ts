import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { BittenError } from '@bitten/schema';

export interface ChildOptions {
  /** How it is called in messages. */
  name: string;
  script: string;
  cwd: string;
  env?: Readonly<Record<string, string>>;
  /** Flags of node itself. */
  nodeArgs?: readonly string[];
  /** Hears each line of its standard error. */
  onLine?: (line: string) => void;
}

/** A process that ended while it was needed; its own last lines say why. */
class ChildEndedError extends BittenError {
  constructor(name: string, how: string, tail: string) {
    super('child_ended', `the ${name} ended: ${how}\n${tail}`, { remedy: 'see its last lines' });
  }
}

const tailLines = 20;

/**
 * A node process of ours. It says `ready` over its channel, ends by itself when we do, and is ended by its own
 * pid and no other.
 */
export class Child {
  readonly name: string;
  readonly process: ChildProcess;
  /** How it ended. */
  readonly ended: Promise<string>;
  readonly #lines: string[] = [];
  #hasEnded = false;

  constructor({ name, script, cwd, env, nodeArgs = [], onLine }: ChildOptions) {
    this.name = name;
    this.process = fork(script, [], {
      cwd,
      env: { ...cleanEnvironment(), ...env, BITTEN_STOP_WITH_PARENT: '1' },
      execArgv: [...nodeArgs],
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    createInterface({ input: this.process.stderr! }).on('line', (line) => {
      this.#hear(line);
      onLine?.(line);
    });
    this.ended = once(this.process, 'exit').then(([code, signal]) => {
      this.#hasEnded = true;
      return signal === null ? `exit code ${code}` : `killed by ${signal}`;
    });
  }

  get pid(): number {
    return this.process.pid!;
  }

  /** What it said last on standard error. */
  get tail(): string {
    return this.#lines.join('\n');
  }

  /** Resolves with the first message that passes. Throws `ChildEndedError` where it ends before. */
  async message(passes: (message: unknown) => boolean): Promise<unknown> {
    let listener: ((message: unknown) => void) | undefined;
    const heard = new Promise<unknown>((resolve) => {
      listener = (message) => {
        if (passes(message)) resolve(message);
      };
      this.process.on('message', listener);
    });
    try {
      return await Promise.race([heard, this.ended.then((how) => this.#fail(how))]);
    } finally {
      this.process.off('message', listener!);
    }
  }

  /** Resolves when it has said that it is ready. */
  async ready(): Promise<void> {
    await this.message((message) => message === 'ready');
  }

  /** Asks it to end in good order, and waits until it has. */
  async stop(): Promise<void> {
    if (!this.#hasEnded) this.process.kill('SIGTERM');
    await this.ended;
  }

  /** `kill -9`, and nothing of it is left when the promise resolves. */
  async kill(): Promise<void> {
    if (!this.#hasEnded) this.process.kill('SIGKILL');
    await this.ended;
  }

  #hear(line: string): void {
    this.#lines.push(line);
    if (this.#lines.length > tailLines) this.#lines.shift();
  }

  #fail(how: string): never {
    throw new ChildEndedError(this.name, how, this.tail);
  }
}

/** A setting of the shell that the benchmark was typed in must not decide what is measured. */
function cleanEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !name.startsWith('BITTEN_') && name !== 'NODE_OPTIONS'),
  );
}
