import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { until } from '@bitten/proof';

const pm2Program = createRequire(import.meta.url).resolve('pm2/bin/pm2');
const command_timeout_ms = 60_000;

/** What pm2 says of one of its processes. */
export interface Supervised {
  name: string;
  /** 0 where none runs. */
  pid: number;
  /** `launching` until the process says that it is ready, then `online`. */
  status: string;
  restarts: number;
  /** How it ended last; undefined where it has not ended yet. */
  exitCode: number | undefined;
}

interface ListedByPm2 {
  name: string;
  pid: number;
  pm2_env: { status: string; restart_time: number; exit_code?: number };
}

/** A pm2 with a daemon and a home of its own, beside any other on this machine. `close` ends it with all it runs. */
export class Pm2 {
  readonly home = mkdtempSync(join(tmpdir(), 'bitten-pm2-'));
  readonly #env: Readonly<Record<string, string>>;

  /** `env` is what the supervised programs get. */
  constructor(env: Readonly<Record<string, string>>) {
    this.#env = env;
    // With this file pm2 takes itself for installed: it greets nobody, and asks no server for its newest version.
    writeFileSync(join(this.home, 'touch'), '');
  }

  /** Runs a pm2 command to its end, with its output. Throws where it fails or takes more than a minute. */
  async run(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<string> {
    const { stdout } = await promisify(execFile)(process.execPath, [pm2Program, ...args], {
      env: { ...this.#outside(), ...this.#env, ...env },
      timeout: command_timeout_ms,
      maxBuffer: 16 * 1024 * 1024,
    });
    return stdout;
  }

  async find(name: string): Promise<Supervised> {
    const listed = JSON.parse(await this.run(['jlist'])) as ListedByPm2[];
    const found = listed.find((one) => one.name === name);
    if (found === undefined) throw new Error(`pm2 runs no ${name}`);
    const { status, restart_time: restarts, exit_code: exitCode } = found.pm2_env;
    return { name, pid: found.pid, status, restarts, exitCode };
  }

  /** `kill -9` of a process pm2 supervises; returns its pid. */
  async killOne(name: string): Promise<number> {
    const { pid } = await this.find(name);
    process.kill(pid, 'SIGKILL');
    return pid;
  }

  /** Waits until pm2 has started a process anew and it has said that it is ready. */
  async restarted(name: string, pidBefore: number): Promise<Supervised> {
    let last: Supervised | undefined;
    return until(
      `pm2 to restart ${name}`,
      async () => {
        last = await this.find(name);
        return last.status === 'online' && last.pid !== pidBefore && last.pid !== 0 ? last : undefined;
      },
      { every_ms: 250, found: () => last },
    );
  }

  async close(): Promise<void> {
    await this.run(['kill']);
    rmSync(this.home, { recursive: true, force: true });
  }

  /** Of whoever runs this: neither settings of a bus nor another pm2's home, and no variable that hides a problem. */
  #outside(): NodeJS.ProcessEnv {
    const kept = Object.entries(process.env).filter(
      ([name]) => !/^(BITTEN_|VITEST|PM2_|NODE_OPTIONS$|pm_id$)/.test(name),
    );
    return { ...Object.fromEntries(kept), PM2_HOME: this.home, PM2_DISABLE_VERSION_CHECK: 'true' };
  }
}
