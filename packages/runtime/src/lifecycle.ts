import { BittenError } from '@bitten/schema';
import { type Component, Components, settlesBy } from './components.js';
import { describeError } from './errors.js';
import { exitCodes } from './exit-codes.js';
import { watchBrokenPipe, watchParent, watchSignals, watchUncaught } from './interrupts.js';
import { createLogger, type Logger } from './logger.js';
import type { Definition, SettingValues } from './settings/declare.js';
import type { AppName } from './settings/file.js';
import { helpText } from './settings/help.js';
import { type LoadedSettings, loadSettings } from './settings/load.js';
import type { sharedSettings } from './settings/shared.js';

/** The settings every app must declare: `...sharedSettings`, or at least the two of the log. */
export type AppDefinition = Definition & Pick<typeof sharedSettings, 'logLevel' | 'logFormat'>;

/** What an app starts with. */
export interface AppContext<D extends AppDefinition> {
  settings: SettingValues<D>;
  loaded: LoadedSettings<D>;
  log: Logger;
  /** Aborted when the app is asked to stop. */
  signal: AbortSignal;
  /** Starts a component, to be stopped in reverse order. Throws what its start throws. */
  use<T>(component: Component<T>): Promise<T>;
  /** Ends the app in good order, exit code 0. */
  stop(reason: string): void;
  /** Ends the app in good order after a failure it cannot go on from, exit code 1. */
  fail(error: unknown): void;
}

export interface AppOptions<D extends AppDefinition> {
  name: AppName;
  /** As it is called in `--help`: `bitten-bus`. Default `bitten-NAME`. */
  command?: string;
  /** What it does, in a sentence. */
  summary: string;
  version: string;
  settings: D;
  /** Whether the settings go together; what it throws is said as wrong settings are, exit code 2. */
  check?: (settings: SettingValues<D>) => void;
  /** Starts everything by `use`; when it returns, the app is ready. */
  start: (app: AppContext<D>) => void | Promise<void>;
  /** What the log line `ready` says besides. */
  describe?: () => Record<string, unknown>;
  /** For all components together; default 5,000. A supervisor's own patience must be longer. */
  stop_deadline_ms?: number;
}

/**
 * Runs an app from its settings to its exit code; it never returns. Files it creates are for its user only.
 *
 * Ready is said by the log line `ready` and to a supervisor by `process.send('ready')` (pm2's `wait_ready`).
 * SIGINT, SIGTERM and SIGHUP stop it in good order: exit code 0; 1 where something failed or hung, named in the
 * log; 130 at once at a second SIGINT; 2 for wrong settings. What nobody caught is logged, stops it and exits 1.
 */
export async function runApp<D extends AppDefinition>(options: AppOptions<D>): Promise<never> {
  process.umask(0o077);
  const loaded = loadOrExit(options);
  const { logLevel: level, logFormat: format } = loaded.values as SettingValues<AppDefinition>;
  const log = createLogger({ app: options.name, level, format });
  return await new App(options, loaded, log).run();
}

function loadOrExit<D extends AppDefinition>(options: AppOptions<D>): LoadedSettings<D> {
  const { name, settings, summary, version, command = `bitten-${name}` } = options;
  const place = { cwd: process.cwd(), env: process.env };
  try {
    const loaded = loadSettings(settings, { app: name, argv: process.argv.slice(2), ...place });
    if (loaded.request === 'run') {
      options.check?.(loaded.values);
      return loaded;
    }
    const help = () => helpText(settings, { app: name, command, summary, ...place });
    process.stdout.write(loaded.request === 'help' ? help() : `${command} ${version}\n`);
    process.exit(exitCodes.ok);
  } catch (error) {
    // The log's own settings may be among the wrong ones, so this is said without it.
    process.stderr.write(`${command}: ${describeError(error)}\n`);
    process.exit(error instanceof BittenError ? exitCodes.usage : exitCodes.failure);
  }
}

class App<D extends AppDefinition> {
  readonly #options: AppOptions<D>;
  readonly #loaded: LoadedSettings<D>;
  readonly #log: Logger;
  readonly #components = new Components();
  readonly #abort = new AbortController();
  #exitCode: number = exitCodes.ok;

  constructor(options: AppOptions<D>, loaded: LoadedSettings<D>, log: Logger) {
    this.#options = options;
    this.#loaded = loaded;
    this.#log = log;
  }

  async run(): Promise<never> {
    watchSignals({ onStop: (signal) => this.#stop(signal), onHurry: () => this.#hurry() });
    watchUncaught((error) => this.#fail(error, 'unexpected failure'));
    watchBrokenPipe(() => {});
    watchParent(() => this.#stop('the parent has gone'));
    // Waiting for a promise does not keep a process alive, and an app may have nothing else to wait for.
    const keepAlive = setInterval(() => {}, 2 ** 30);
    const starting = this.#start();
    await new Promise<void>((resolve) => {
      if (this.#abort.signal.aborted) resolve();
      else this.#abort.signal.addEventListener('abort', () => resolve());
    });
    await this.#end(starting);
    clearInterval(keepAlive);
    return this.#exit(this.#exitCode);
  }

  async #start(): Promise<void> {
    const { name, version, start, describe } = this.#options;
    this.#log.debug({ version, pid: process.pid, file: this.#loaded.file }, `starting ${name}`);
    try {
      await start({
        settings: this.#loaded.values,
        loaded: this.#loaded,
        log: this.#log,
        signal: this.#abort.signal,
        use: (component) => this.#components.use(component),
        stop: (reason) => this.#stop(reason),
        fail: (error) => this.#fail(error, 'failed'),
      });
    } catch (error) {
      if (this.#abort.signal.aborted) this.#log.debug({ err: error }, 'start was cut short');
      else this.#fail(error, 'cannot start');
      return;
    }
    if (this.#abort.signal.aborted) return;
    this.#log.info({ ...describe?.() }, 'ready');
    // A supervisor that has gone away is not our failure.
    process.send?.('ready', undefined, undefined, () => {});
  }

  #stop(reason: string): void {
    if (this.#abort.signal.aborted) return;
    this.#log.info({ reason }, 'stopping');
    this.#components.close();
    this.#abort.abort();
  }

  #fail(error: unknown, what: string): void {
    this.#exitCode = exitCodes.failure;
    this.#log.fatal({ err: error }, what);
    this.#components.close();
    this.#abort.abort();
  }

  async #end(starting: Promise<void>): Promise<void> {
    const deadlineMs = this.#options.stop_deadline_ms ?? 5_000;
    const end = performance.now() + deadlineMs;
    if (!(await settlesBy(() => starting, end))) {
      this.#exitCode = exitCodes.failure;
      const component = this.#components.starting ?? this.#options.name;
      this.#log.error({ component }, `the start of ${component} did not end within ${deadlineMs} ms`);
      return;
    }
    const { failures, hung } = await this.#components.stop(end - performance.now());
    for (const { component, error } of failures)
      this.#log.error({ err: error }, `${component} failed to stop`);
    if (hung !== undefined) this.#log.error({ err: hung }, `${hung.component} hung`);
    if (failures.length > 0 || hung !== undefined) this.#exitCode = exitCodes.failure;
    else if (this.#exitCode === exitCodes.ok) this.#log.info('stopped');
  }

  #hurry(): never {
    this.#log.warn('interrupted again: ending at once');
    return this.#exit(exitCodes.interrupted);
  }

  #exit(code: number): never {
    this.#log.flush();
    process.exit(code);
  }
}
