import { spawn } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { root } from '@bitten/proof';
import { onTestFinished } from 'vitest';
import { startDashboard } from '../support/dashboard.js';
import { System } from '../support/system.js';
import { findPythonWithZmq } from '../support/tools.js';

export interface Ended {
  /** Null where it was ended by a signal, or had to be ended because it took too long. */
  code: number | null;
  /** What came on both streams, in the order in which it came. */
  said: string;
}

export interface ShellOptions {
  cwd?: string;
  /** Press Ctrl-C when it says this. */
  interruptAt?: string;
  /** Press Ctrl-C after so long: for what goes on until somebody does. */
  follow_ms?: number;
  patience_ms?: number;
}

/** The ports that pages name. */
const usualPorts = { pub: 5570, pull: 5571, bus: 5572 } as const;
const usualDashboardPort = 5580;

/**
 * Somebody who reads a page and types what stands there: a checkout of nothing but what is in ours, without its data
 * and its git, a bus and a collector that run on it, and the commands a reader has.
 */
export class Reader {
  /** The checkout. */
  readonly folder: string;
  readonly system: System;
  readonly env: Record<string, string>;
  /** Where the dashboard is, once a page has asked for it. */
  #dashboardPort: string | undefined;

  private constructor(folder: string, system: System) {
    this.folder = folder;
    this.system = system;
    this.env = { ...inherited(), ...system.env, ...this.#ofAReader() };
    // How a supervisor would set it; a reader types at a terminal.
    delete this.env.BITTEN_LOG_FORMAT;
  }

  static async open(): Promise<Reader> {
    const outside = mkdtempSync(join(realpathSync(tmpdir()), 'bitten-reader-'));
    onTestFinished(() => rmSync(outside, { recursive: true, force: true }));
    const folder = join(outside, 'bitten');
    mkdirSync(join(folder, 'data'), { recursive: true, mode: 0o700 });
    for (const name of readdirSync(root)) {
      if (!['data', '.git', '.turbo', 'bitten.yaml'].includes(name))
        symlinkSync(join(root, name), join(folder, name));
    }
    const system = await System.prepare({ dataDir: join(folder, 'data') });
    const reader = new Reader(folder, system);
    // One heartbeat, at the start: a page is not read in half a minute.
    await system.startBus({ BITTEN_HEARTBEAT: '1h' });
    await system.startCollector();
    return reader;
  }

  /** Runs a piece of shell to its end, in the checkout unless told otherwise. */
  async sh(script: string, options: ShellOptions = {}): Promise<Ended> {
    if (script.includes(`127.0.0.1:${usualDashboardPort}`)) await this.#openDashboard();
    const { code, said } = await this.#spawn('bash', ['-c', this.#hereAs(script)], options);
    return { code, said: this.#usual(said) };
  }

  /** Runs a program, not through a shell. */
  async run(command: string, args: readonly string[], options: ShellOptions = {}): Promise<Ended> {
    return this.#spawn(command, args, options);
  }

  /** Waits until the store has all that the bus has, where both run: people are slower than the collector. */
  async settled(): Promise<void> {
    const { busNow, collectorNow } = this.system;
    if (busNow?.ending === undefined && collectorNow?.ending === undefined) await this.system.settled();
  }

  #spawn(command: string, args: readonly string[], options: ShellOptions): Promise<Ended> {
    const { cwd = this.folder, interruptAt, follow_ms, patience_ms = 60_000 } = options;
    return new Promise((resolve, reject) => {
      // A group of its own: what is ended is ended with all it has started, and by its id.
      const child = spawn(command, args, {
        cwd,
        env: this.env,
        stdio: ['ignore', 'pipe', 'pipe'],
        detached: true,
      });
      const end = (signal: NodeJS.Signals) => {
        try {
          process.kill(-child.pid!, signal);
        } catch {
          // It has ended meanwhile.
        }
      };
      let said = '';
      let late = false;
      const deadline = setTimeout(() => {
        late = true;
        end('SIGKILL');
      }, patience_ms);
      const following = follow_ms === undefined ? undefined : setTimeout(() => end('SIGINT'), follow_ms);
      const hear = (chunk: Buffer) => {
        said += chunk.toString();
        if (interruptAt !== undefined && said.includes(interruptAt)) end('SIGINT');
      };
      child.stdout.on('data', hear);
      child.stderr.on('data', hear);
      child.once('error', reject);
      child.once('close', (code) => {
        clearTimeout(deadline);
        clearTimeout(following);
        resolve({ code, said: late ? `${said}\n(still running after ${patience_ms / 1000} s)` : said });
      });
    });
  }

  /** A page names the usual ports; here others are used, because others are at work at the same time. */
  #hereAs(script: string): string {
    return this.#ports().reduce(
      (text, [usual, ours]) => text.replaceAll(new RegExp(`\\b${usual}\\b`, 'g'), ours),
      script,
    );
  }

  #usual(said: string): string {
    return this.#ports().reduce(
      (text, [usual, ours]) => text.replaceAll(new RegExp(`\\b${ours}\\b`, 'g'), usual),
      said,
    );
  }

  #ports(): (readonly [usual: string, ours: string])[] {
    const { ports } = this.system;
    const ofDashboard = this.#dashboardPort;
    return [
      ...(['pub', 'pull', 'bus'] as const).map(
        (name) => [String(usualPorts[name]), String(ports[name])] as const,
      ),
      ...(ofDashboard === undefined ? [] : [[String(usualDashboardPort), ofDashboard] as const]),
    ];
  }

  /** Not before a page asks it: most pages do not. */
  async #openDashboard(): Promise<void> {
    if (this.#dashboardPort !== undefined) return;
    const { origin } = await startDashboard(this.system);
    this.#dashboardPort = new URL(origin).port;
  }

  #ofAReader(): Record<string, string> {
    const bin = join(this.folder, '..', 'bin');
    mkdirSync(bin);
    const node = JSON.stringify(process.execPath);
    const command = (name: string, line: string, before = '') => {
      writeFileSync(join(bin, name), `#!/bin/sh\n${before}exec ${line} "$@"\n`);
      chmodSync(join(bin, name), 0o755);
    };
    // `bitten prove` takes minutes, and all there is of the machine: tests/fault and tests/power play the same.
    const short = `if [ "$1" = prove ]; then echo '{}'; exit; fi\n`;
    command('bitten', `${node} ${JSON.stringify(join(root, 'apps/cli/dist/bitten.js'))}`, short);
    for (const name of ['pnpm', 'npx'])
      command(name, `${node} ${join(root, 'tests/docs/shims', `${name}.mjs`)}`);
    const python = findPythonWithZmq();
    if (python !== undefined) command('python3', python);
    return {
      PATH: [bin, process.env.PATH].join(delimiter),
      HOME: join(this.folder, '..'),
      TZ: 'UTC',
      NO_COLOR: '1',
      LC_ALL: 'C.UTF-8',
      EDITOR: 'true',
    };
  }
}

/** Neither our settings nor those of the tests are a reader's. */
function inherited(): Record<string, string> {
  const ours = /^(BITTEN_|VITEST|NODE_|npm_)/;
  const kept = Object.entries(process.env).filter(([name]) => !ours.test(name));
  return Object.fromEntries(kept.map(([name, value]) => [name, value ?? '']));
}
