import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { freePorts } from '@bitten/proof';
import { Member } from './member.js';
import type { SoakOptions } from './options.js';

/** The root of the checkout; this file is built into `tests/soak/dist`. */
const root = resolve(fileURLToPath(import.meta.url), '../../../..');
const app = (name: string): string => join(root, 'apps', name, 'dist/index.js');
const own = (name: string): string => join(root, 'tests/soak/dist/programs', `${name}.js`);

/** What a publisher said last, in one of its lives. */
export interface Published {
  run: number;
  published: number;
  acked: number;
  rejected: number;
  disorder: number;
  throttled_ms: number;
  pending: number;
  paused?: boolean;
  done?: boolean;
}

/** What the witness said last. */
export interface Witnessed {
  seen: number;
  next: number;
  gaps: number;
  wrong: string[];
  runs: Record<string, number>;
  lag: number;
}

/** The processes of the soak, and what they say of themselves. */
export class Crew {
  readonly dataDir: string;
  readonly busPort: number;
  readonly bus: Member;
  readonly collector: Member;
  readonly witness: Member;
  readonly publishers: Member[];
  /** Of each life of each publisher, by its run. */
  readonly published = new Map<number, Published>();
  witnessed: Witnessed | undefined;
  /** Whether the collector keeps its store small by itself. */
  readonly storeIsBounded: boolean;
  readonly #heapDir: string;
  #runs = 0;

  private constructor(options: SoakOptions, out: string, ports: { pub: number; pull: number; bus: number }) {
    this.dataDir = join(out, 'data');
    this.#heapDir = join(out, 'heap');
    mkdirSync(this.#heapDir, { recursive: true });
    this.busPort = ports.bus;
    const env: Record<string, string> = {
      ...cleanEnvironment(),
      BITTEN_DATA_DIR: this.dataDir,
      BITTEN_PUB_PORT: String(ports.pub),
      BITTEN_PULL_PORT: String(ports.pull),
      BITTEN_BUS_PORT: String(ports.bus),
      BITTEN_BUS_HTTP_PORT: 'none',
      BITTEN_COLLECTOR_HTTP_PORT: 'none',
      BITTEN_LOG_FORMAT: 'json',
      BITTEN_RETENTION_BYTES: String(options.logBytesMax),
      BITTEN_SEGMENT_BYTES: String(Math.max(1024 * 1024, Math.floor(options.logBytesMax / 8))),
      BITTEN_SOAK_HEAP_DIR: this.#heapDir,
    };
    const storeBound = storeRetention(options, env);
    this.storeIsBounded = Object.keys(storeBound).length > 0;
    const member = (
      role: string,
      command: (life: number) => string[],
      more: Record<string, string> = {},
    ): Member =>
      new Member({
        role,
        command: (life) => ['--import', pathToFileURL(own('heap')).href, ...command(life)],
        env: { ...env, ...more },
        cwd: out,
        logFile: join(out, `${role}.log`),
        isReady: (line) => /"ready":true|"msg":"ready"/.test(line),
        onLine: (_life, line) => this.#hear(line),
      });
    this.bus = member('bus', () => [app('bus')]);
    this.collector = member('collector', () => [app('collector')], storeBound);
    this.witness = member('witness', () => [own('witness')]);
    this.publishers = Array.from({ length: options.publishers }, (_, i) => {
      const name = `publisher-${i + 1}`;
      const rate = options.rate / options.publishers;
      return member(name, () => {
        this.#runs += 1;
        return [own('publisher'), JSON.stringify({ name, run: this.#runs, seed: options.seed, rate })];
      });
    });
  }

  static async gather(options: SoakOptions, out: string): Promise<Crew> {
    return new Crew(options, out, await freePorts());
  }

  get all(): Member[] {
    return [this.bus, this.collector, this.witness, ...this.publishers];
  }

  get database(): string {
    return join(this.dataDir, 'bitten_events.db');
  }

  heapFile(pid: number): string {
    return join(this.#heapDir, String(pid));
  }

  async start(): Promise<void> {
    for (const member of this.all) await member.start();
  }

  /** Ends everybody in good order, the bus last; tells who did not. */
  async stop(): Promise<string[]> {
    const bad: string[] = [];
    for (const member of [...this.publishers, this.witness, this.collector, this.bus]) {
      const code = await member.stop('SIGTERM', 180_000);
      if (code !== 0) bad.push(`${member.role} ended with ${code}`);
    }
    return bad;
  }

  /** Leaves nobody behind, whatever has happened. */
  async kill(): Promise<void> {
    await Promise.all(this.all.map((member) => member.stop('SIGKILL')));
  }

  #hear(line: Record<string, unknown>): void {
    if ('published' in line) this.published.set(Number(line.run), line as unknown as Published);
    else if ('seen' in line) this.witnessed = line as unknown as Witnessed;
  }
}

/** Settings of whoever runs this must not reach the programs. */
function cleanEnvironment(): Record<string, string> {
  const kept = Object.entries(process.env).filter(
    ([name, value]) => value !== undefined && !/^(BITTEN_|NODE_OPTIONS$)/.test(name),
  );
  return Object.fromEntries(kept) as Record<string, string>;
}

/** The collector's setting that bounds the store, where it has one: its help tells. */
function storeRetention({ storeBytesMax }: SoakOptions, env: Record<string, string>): Record<string, string> {
  const { stdout } = spawnSync(process.execPath, [app('collector'), '--help'], {
    env,
    encoding: 'utf8',
    timeout: 60_000,
  });
  return stdout.includes('BITTEN_STORE_RETENTION_BYTES')
    ? { BITTEN_STORE_RETENTION_BYTES: String(storeBytesMax) }
    : {};
}
