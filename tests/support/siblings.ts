import { spawnSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { root } from '@bitten/proof';
import { onTestFinished } from 'vitest';

export const bridgeFolder = join(root, 'packages/bridge');
const tsc = join(root, 'node_modules/typescript/bin/tsc');

/** What a command has said, both streams of it, and how it ended. */
export interface Said {
  code: number | null;
  out: string;
  all: string;
}

/**
 * A folder outside the checkout, where other people's repositories would lie, with the checkout beside them as
 * `bitten`. It is removed when the test has finished.
 */
export class Siblings {
  readonly folder: string;
  readonly env: Record<string, string>;

  constructor(env: Readonly<Record<string, string>> = {}) {
    this.folder = mkdtempSync(join(realpathSync(tmpdir()), 'bitten-siblings-'));
    onTestFinished(() => rmSync(this.folder, { recursive: true, force: true }));
    symlinkSync(root, join(this.folder, 'bitten'));
    this.env = { ...clean(process.env), npm_config_audit: 'false', npm_config_fund: 'false', ...env };
  }

  /** A new npm project. */
  project(name: string, manifest: object = {}): string {
    const folder = join(this.folder, name);
    mkdirSync(folder);
    const whole = { name, version: '1.0.0', private: true, ...manifest };
    writeFileSync(join(folder, 'package.json'), JSON.stringify(whole));
    return folder;
  }

  /** A program of this name will be found before all others. */
  putOnPath(name: string, target: string): void {
    const bin = join(this.folder, '.bin');
    mkdirSync(bin, { recursive: true });
    symlinkSync(target, join(bin, name));
    this.env.PATH = [bin, this.env.PATH].join(delimiter);
  }

  /** Runs a line of shell to its end. */
  sh(line: string, cwd: string): Said {
    const { status, stdout, stderr, error } = spawnSync('sh', ['-c', line], {
      cwd,
      env: this.env,
      encoding: 'utf8',
      timeout: 120_000,
    });
    if (error !== undefined) throw error;
    return { code: status, out: stdout, all: `$ ${line}\n${stdout}${stderr}` };
  }

  /** The same, where anything but success fails the test. Returns standard output. */
  must(line: string, cwd: string): string {
    const said = this.sh(line, cwd);
    if (said.code !== 0) throw new Error(`exit ${said.code}: ${said.all}`);
    return said.out;
  }

  /** The workspace's compiler on a project; what it found wrong. */
  compile(args: string, cwd: string): string {
    return this.sh(`node ${tsc} ${args}`, cwd).out;
  }
}

/** `npm pack` of the bridge into a folder; the tarball's path and what npm says of it. */
export function packBridge(siblings: Siblings): {
  tarball: string;
  size: number;
  unpackedSize: number;
  files: string[];
} {
  const line = `npm pack --json --pack-destination ${siblings.folder}`;
  const said = JSON.parse(siblings.must(line, bridgeFolder)) as Packed[];
  const { filename, size, unpackedSize, files } = said[0]!;
  return {
    tarball: join(siblings.folder, filename),
    size,
    unpackedSize,
    files: files.map(({ path }) => path),
  };
}

interface Packed {
  filename: string;
  size: number;
  unpackedSize: number;
  files: { path: string }[];
}

/** Whether npm can install what is not on this machine: then everything is done as a reader would. */
export function canInstall(): boolean {
  const { status } = spawnSync(
    'npm',
    ['view', 'valibot', 'version', '--fetch-retries=0', '--fetch-timeout=10000'],
    {
      stdio: 'ignore',
      timeout: 30_000,
    },
  );
  return status === 0;
}

/** Puts a package into a project without npm: what `npm install` would have unpacked, or a link to the workspace's. */
export function place(project: string, name: string, source: string): void {
  const target = join(project, 'node_modules', name);
  mkdirSync(dirname(target), { recursive: true });
  cpSync(source, target, { recursive: true, dereference: true });
}

/** The blocks of a language in a page. */
export function blocksOf(page: string, language: string): string[] {
  const text = readFileSync(page, 'utf8');
  return [...text.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)]
    .filter(([, found]) => found === language)
    .map(([, , block]) => block!);
}

/** Neither our settings nor those of the npm or pnpm that runs the tests are a reader's. */
function clean(env: NodeJS.ProcessEnv): Record<string, string> {
  const ours =
    /^(BITTEN_|VITEST|NODE_OPTIONS$|npm_(config_(?!registry|cafile|https?_proxy|proxy|noproxy|nodedir|cache)|lifecycle|package|command|execpath))/i;
  const kept = Object.entries(env).filter(([name]) => !ours.test(name));
  return Object.fromEntries(kept.map(([name, value]) => [name, value ?? '']));
}
