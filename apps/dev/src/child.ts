import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { BittenError } from '@bitten/schema';

interface ChildOptions {
  name: 'bus' | 'collector' | 'alerts' | 'dashboard';
  env: NodeJS.ProcessEnv;
  /** Called when it ends without having been asked to. */
  onUnexpectedEnd: (error: BittenError) => void;
}

/** An app that ended by itself; its own last lines say why. */
class AppEndedError extends BittenError {
  constructor(name: string, how: string) {
    super('app_ended', `the ${name} ended: ${how}`, { remedy: `see the ${name}'s last lines above` });
  }
}

/**
 * One of the system's apps as a process of its own, its log on our standard error. It says over the channel of
 * `process.send` when it is ready, as it does to any supervisor.
 */
export class Child {
  readonly #process: ChildProcess;
  readonly #ended: Promise<string>;
  #stopping = false;

  private constructor(options: ChildOptions) {
    const script = fileURLToPath(new URL(`../../${options.name}/dist/index.js`, import.meta.url));
    this.#process = spawn(process.execPath, [script], {
      env: { ...options.env, BITTEN_STOP_WITH_PARENT: '1' },
      // A process group of its own: Ctrl-C then reaches us alone, and we stop the apps in order.
      detached: true,
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    this.#ended = once(this.#process, 'exit').then(([code, signal]) =>
      signal === null ? `exit code ${code}` : `killed by ${signal}`,
    );
    void this.#ended.then((how) => {
      if (!this.#stopping) options.onUnexpectedEnd(new AppEndedError(options.name, how));
    });
  }

  /** Resolves when the app is ready. Throws `AppEndedError` where it ends before that. */
  static async start(options: ChildOptions): Promise<Child> {
    const child = new Child(options);
    const failed = child.#ended.then((how) => {
      throw new AppEndedError(options.name, how);
    });
    await Promise.race([once(child.#process, 'message'), failed]);
    return child;
  }

  /** Resolves when the process has ended. */
  async stop(): Promise<void> {
    this.#stopping = true;
    this.#process.kill('SIGTERM');
    await this.#ended;
  }
}
