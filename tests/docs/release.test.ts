import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { root } from '@bitten/proof';
import { expect, onTestFinished, test } from 'vitest';
import { sourceFiles } from './sources.js';

interface Manifest {
  name: string;
  version: string;
  private?: boolean;
}

const manifests = sourceFiles().filter((file) => /^(packages|apps)\/[\w-]+\/package\.json$/.test(file));

test('nothing can be published by accident: every package is private', () => {
  expect(manifests.map((file) => readManifest(root, file)).filter((each) => each.private !== true)).toEqual(
    [],
  );
});

test('both changelogs have what this version brings', () => {
  const { version } = readManifest(root, 'package.json');
  const bridge = readManifest(root, 'packages/bridge/package.json').version;
  expect(readFileSync(join(root, 'CHANGELOG.md'), 'utf8')).toMatch(new RegExp(`^## ${version}\\b`, 'm'));
  expect(readFileSync(join(root, 'packages/bridge/CHANGELOG.md'), 'utf8')).toMatch(
    new RegExp(`^## ${bridge}\\b`, 'm'),
  );
});

test('a changeset for the bus gives all private packages and the root one number, and the bridge its own', () => {
  const copy = copyOfManifests();
  const before = readManifest(copy, 'packages/bridge/package.json').version;
  write(copy, '.changeset/one.md', '---\n"apps/bus": minor\n---\n\nThe bus does more.\n');
  version(copy);
  const others = manifests.filter((file) => !file.startsWith('packages/bridge/'));
  const numbers = new Set(['package.json', ...others].map((file) => readManifest(copy, file).version));
  expect([...numbers]).toEqual(['0.2.0']);
  expect(readManifest(copy, 'packages/bridge/package.json').version).toBe(before);
  expect(manifests.filter((file) => existsSync(join(copy, dirname(file), 'CHANGELOG.md')))).toEqual([
    'packages/bridge/package.json',
  ]);
  expect(readFileSync(join(copy, 'CHANGELOG.md'), 'utf8')).toMatch(/^## Unreleased\n\n## 0\.2\.0 \(/m);
});

test('a changeset for the bridge goes into its changelog, and is a patch for what is built with it', () => {
  const copy = copyOfManifests();
  write(copy, '.changeset/two.md', '---\n"@bitten/bridge": minor\n---\n\nThe bridge does more.\n');
  version(copy);
  const changelog = readFileSync(join(copy, 'packages/bridge/CHANGELOG.md'), 'utf8');
  expect(changelog).toMatch(/^## 0\.2\.0\n\n### Minor Changes\n\n- .*The bridge does more\./m);
  expect(readManifest(copy, 'package.json').version).toBe('0.1.1');
});

/** What a release reads and writes, in a repository of its own. */
function copyOfManifests(): string {
  const copy = mkdtempSync(join(tmpdir(), 'bitten-release-'));
  onTestFinished(() => rmSync(copy, { recursive: true, force: true }));
  const own = [
    'package.json',
    'pnpm-workspace.yaml',
    'pnpm-lock.yaml',
    'CHANGELOG.md',
    'packages/bridge/CHANGELOG.md',
  ];
  const others = sourceFiles().filter((file) => /^[\w-]+(\/[\w-]+)?\/package\.json$/.test(file));
  for (const file of [...own, ...others, 'scripts/after-version.mjs', '.changeset/config.json']) {
    mkdirSync(join(copy, dirname(file)), { recursive: true });
    cpSync(join(root, file), join(copy, file));
  }
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
  git(copy, 'init', '--quiet', '--initial-branch', 'main');
  return copy;
}

function version(copy: string): void {
  git(copy, 'add', '.changeset');
  git(
    copy,
    '-c',
    'user.name=test',
    '-c',
    'user.email=test@localhost',
    'commit',
    '--quiet',
    '-m',
    'a changeset',
  );
  must(process.execPath, [join(root, 'node_modules/@changesets/cli/bin.js'), 'version'], copy);
  must(process.execPath, ['scripts/after-version.mjs'], copy);
}

function git(cwd: string, ...args: string[]): void {
  must('git', args, cwd);
}

function must(command: string, args: string[], cwd: string): void {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, encoding: 'utf8', timeout: 60_000 });
  expect({ status, said: status === 0 ? '' : `${stdout}${stderr}` }).toEqual({ status: 0, said: '' });
}

function write(copy: string, file: string, text: string): void {
  writeFileSync(join(copy, file), text);
}

function readManifest(folder: string, file: string): Manifest {
  return JSON.parse(readFileSync(join(folder, file), 'utf8')) as Manifest;
}
