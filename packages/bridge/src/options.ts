import { existsSync } from 'node:fs';
import { basename, dirname, extname, join, resolve } from 'node:path';
import { BittenError, type EventDefinition, limits } from '@bitten/schema';

/** How a bridge finds the bus and what it may use. Everything has a default that suits one machine. */
export interface BridgeOptions {
  /** Default: `BITTEN_HOST`, else 127.0.0.1. */
  host?: string;
  /** The bus protocol's port. Default: `BITTEN_BUS_PORT`, else 5572. */
  port?: number;
  /**
   * The file of the key that is shown to the bus, as `bitten keys client` makes it; null for a bus that wants no
   * keys. Read each time the connection is opened. Default: `BITTEN_KEY_FILE`, else null.
   */
  keyFile?: string | null;
  /**
   * What this component is called: its spool's folder, and the source of events that do not tell theirs. Restart
   * it under the same name and it delivers what it left behind. Default: `BITTEN_COMPONENT`, else the script's file name.
   */
  name?: string;
  /** Rules for event types of your own, beside the standard ones. */
  types?: Iterable<EventDefinition>;
  /**
   * Folder for spools; false keeps everything in memory. Default: `spool` in `BITTEN_DATA_DIR`, else in `data` of
   * the workspace or package that the program's script is in.
   */
  spoolDir?: string | false;
  /** Memory for what the bus has not acknowledged, before the spool is used. Default 16 MiB. */
  bufferBytesMax?: number;
  /** Disk for the same. When it is full, `publish` rejects with `OutboxFullError`. Default 1 GiB. */
  spoolBytesMax?: number;
  /** Receipts waited for at the same time. Default 100,000. */
  receiptsMax?: number;
  /** Batches on the way at the same time, at most 64. Default 8. */
  window?: number;
  /** How long a batch may wait for company, in milliseconds: fewer, fuller batches. Default 0. */
  linger_ms?: number;
  /** How long a request may take. Default 5,000. */
  requestTimeout_ms?: number;
  /** How long a connection may take before the spool is used. Default 250. */
  connectGrace_ms?: number;
  /**
   * The connection is closed when there has been nothing to do for so long: nothing unacknowledged and no
   * subscription. A program that has published and has nothing more to do then ends by itself, without `close`.
   * The next event opens it again, which takes some milliseconds; the time doubles with each time that happens,
   * up to a minute, so that who publishes now and then stays connected. Default 1,000; Infinity never closes it.
   */
  idle_ms?: number;
  /** Start disabled: publish nothing. Default: `BITTEN_DISABLED=1`. */
  disabled?: boolean;
}

export interface ResolvedOptions extends Required<Omit<BridgeOptions, 'spoolDir' | 'types'>> {
  /** The folder of this component's spools; null for none. */
  spoolDir: string | null;
  types: Iterable<EventDefinition>;
}

const mebibyte = 1024 * 1024;

/** An option, or the environment's word for it, that makes no sense. */
export class BadOptionError extends BittenError {
  constructor(name: string, found: unknown, expected: string) {
    super('bad_option', `the bridge's option ${name} is ${String(found)}, not ${expected}`, {
      found: String(found),
      expected,
    });
  }
}

/** Fills in the defaults; the environment is read only here. Throws `BadOptionError`. */
export function resolveOptions(
  options: BridgeOptions,
  env: NodeJS.ProcessEnv = process.env,
): ResolvedOptions {
  const name = fileName(options.name ?? env.BITTEN_COMPONENT ?? scriptName());
  const resolved: ResolvedOptions = {
    host: options.host ?? env.BITTEN_HOST ?? '127.0.0.1',
    port: options.port ?? Number(env.BITTEN_BUS_PORT ?? 5572),
    keyFile: options.keyFile === undefined ? keyFileOf(env) : options.keyFile,
    name,
    types: options.types ?? [],
    spoolDir: spoolDirOf(options.spoolDir, name, env),
    bufferBytesMax: options.bufferBytesMax ?? 16 * mebibyte,
    spoolBytesMax: options.spoolBytesMax ?? 1024 * mebibyte,
    receiptsMax: options.receiptsMax ?? 100_000,
    window: options.window ?? 8,
    linger_ms: options.linger_ms ?? 0,
    requestTimeout_ms: options.requestTimeout_ms ?? 5_000,
    connectGrace_ms: options.connectGrace_ms ?? 250,
    idle_ms: options.idle_ms ?? 1_000,
    disabled: options.disabled ?? env.BITTEN_DISABLED === '1',
  };
  checkNumbers(resolved);
  return resolved;
}

/** The word `none`, as in every setting of the apps, stands for none. */
function keyFileOf({ BITTEN_KEY_FILE: file }: NodeJS.ProcessEnv): string | null {
  return file === undefined || file === '' || file === 'none' ? null : file;
}

function checkNumbers(options: ResolvedOptions): void {
  const { port, window } = options;
  const windowMax = limits.publishes_outstanding_max;
  if (!isWhole(port, 1, 65_535)) throw new BadOptionError('port', port, 'a port from 1 to 65535');
  if (!isWhole(window, 1, windowMax)) {
    throw new BadOptionError('window', window, `a whole number from 1 to ${windowMax}`);
  }
  const amounts = ['bufferBytesMax', 'spoolBytesMax', 'receiptsMax', 'linger_ms', 'idle_ms'] as const;
  for (const name of [...amounts, 'requestTimeout_ms', 'connectGrace_ms'] as const) {
    if (!(options[name] >= 0)) throw new BadOptionError(name, options[name], 'a number from 0 on');
  }
}

function isWhole(value: number, min: number, max: number): boolean {
  return Number.isInteger(value) && value >= min && value <= max;
}

function spoolDirOf(dir: string | false | undefined, name: string, env: NodeJS.ProcessEnv): string | null {
  if (dir === false) return null;
  return join(resolve(dir ?? join(env.BITTEN_DATA_DIR ?? join(home(), 'data'), 'spool')), name);
}

/**
 * Where the component lives: the nearest folder above its script with a workspace, else with a package, else
 * the current one. Not simply the current one: started from elsewhere it must find the spool it left behind.
 */
function home(): string {
  const script = process.argv[1];
  const folders = script === undefined ? [] : foldersAbove(resolve(script));
  for (const mark of ['pnpm-workspace.yaml', 'package.json']) {
    const found = folders.find((folder) => existsSync(join(folder, mark)));
    if (found !== undefined) return found;
  }
  return process.cwd();
}

function foldersAbove(path: string): string[] {
  const parent = dirname(path);
  return parent === path ? [] : [parent, ...foldersAbove(parent)];
}

function scriptName(): string {
  const script = process.argv[1];
  return script === undefined ? 'component' : basename(script, extname(script));
}

/** A name that can be a folder's. */
function fileName(name: string): string {
  return (
    name
      .replaceAll(/[^A-Za-z0-9._-]/g, '_')
      .replace(/^\.+/, '_')
      .slice(0, 64) || 'component'
  );
}
