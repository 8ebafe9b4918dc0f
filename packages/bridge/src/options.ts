import { basename, extname, join, resolve } from 'node:path';
import type { EventDefinition } from '@bitten/schema';

/** How a bridge finds the bus and what it may use. Everything has a default that suits one machine. */
export interface BridgeOptions {
  /** Default: `BITTEN_HOST`, else 127.0.0.1. */
  host?: string;
  /** The bus protocol's port. Default: `BITTEN_BUS_PORT`, else 5572. */
  port?: number;
  /**
   * What this component is called: its spool's folder, its name in the bus's statistics. Restart it under the
   * same name and it delivers what it left behind. Default: `BITTEN_COMPONENT`, else the script's file name.
   */
  name?: string;
  /** Rules for event types of your own, beside the standard ones. */
  types?: Iterable<EventDefinition>;
  /** Folder for spools; false keeps everything in memory. Default: `spool` in `BITTEN_DATA_DIR`, else in `data`. */
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
  /** How long the first connection may take before the spool is used. Default 250. */
  connectGrace_ms?: number;
  /** Start disabled: publish nothing. Default: `BITTEN_DISABLED=1`. */
  disabled?: boolean;
}

export interface ResolvedOptions extends Required<Omit<BridgeOptions, 'spoolDir' | 'types'>> {
  /** The folder of this component's spools; null for none. */
  spoolDir: string | null;
  types: Iterable<EventDefinition>;
}

const mebibyte = 1024 * 1024;

/** Fills in the defaults; the environment is read only here. */
export function resolveOptions(
  options: BridgeOptions,
  env: NodeJS.ProcessEnv = process.env,
): ResolvedOptions {
  const name = fileName(options.name ?? env.BITTEN_COMPONENT ?? scriptName());
  return {
    host: options.host ?? env.BITTEN_HOST ?? '127.0.0.1',
    port: options.port ?? Number(env.BITTEN_BUS_PORT ?? 5572),
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
    disabled: options.disabled ?? env.BITTEN_DISABLED === '1',
  };
}

function spoolDirOf(dir: string | false | undefined, name: string, env: NodeJS.ProcessEnv): string | null {
  if (dir === false) return null;
  return join(resolve(dir ?? join(env.BITTEN_DATA_DIR ?? 'data', 'spool')), name);
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
