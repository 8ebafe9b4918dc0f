import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BusLink } from '@bitten/client';
import { notBuilt, System } from '@bitten/proof';
import { BittenError } from '@bitten/schema';
import { storeFile } from '@bitten/vitals';
import type { CliSettings } from '../settings.js';
import type { BusAddress } from './messages.js';

/** The bus that is measured, and where its store is. */
export interface Measured {
  bus: BusAddress;
  /** Null where it cannot be seen from here. */
  database: string | null;
  /** Where its files are. */
  dir: string;
  /** Ends and removes what was made for the benchmark. */
  leave(): Promise<void>;
}

/** A bus and a collector of their own on free ports, in a new folder below `parent`. */
export async function startOwn(parent: string): Promise<Measured> {
  requireBuild();
  const dir = mkdtempSync(join(existsSync(parent) ? parent : tmpdir(), 'bench-'));
  const system = await System.in(dir);
  const leave = async () => {
    await system.close();
    rmSync(dir, { recursive: true, force: true });
  };
  try {
    await system.startBus();
    await system.startCollector();
  } catch (error) {
    await leave();
    throw error;
  }
  const bus = { host: '127.0.0.1', port: system.ports.bus, keyFile: null };
  return { bus, database: system.database, dir, leave };
}

/** The bus that runs. Throws what reaching it throws. */
export async function useRunning(settings: CliSettings, signal: AbortSignal): Promise<Measured> {
  const { host, busPort: port, keyFile, dataDir, timeout } = settings;
  const link = await BusLink.open({ host, port, keyFile, name: 'bitten-bench', timeout_ms: timeout, signal });
  link.close();
  const database = join(dataDir, storeFile);
  const seen = existsSync(database) ? database : null;
  return { bus: { host, port, keyFile }, database: seen, dir: dataDir, leave: async () => {} };
}

function requireBuild(): void {
  const missing = notBuilt();
  if (missing.length === 0) return;
  throw new BittenError('not_built', 'the programs to be measured have not been built', {
    found: `no ${missing.join(', ')}`,
    expected: 'bus and collector',
    remedy: 'pnpm build',
  });
}
