import { readFileSync, writeFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join } from 'node:path';
import { root } from '@bitten/proof';
import { describe, expect, test } from 'vitest';
import { bridgeFolder, canInstall, packBridge, place, Siblings } from '../support/siblings.js';
import { System } from '../support/system.js';
import { saySkipped } from '../support/tools.js';

const online = canInstall();
if (!online)
  saySkipped("the dependencies from npm's registry", 'it cannot be reached; they are those of this checkout');

/** Generous: the figures of today are in docs/BRIDGE.md. What would break this is something that does not belong. */
const bounds = { packedBytesMax: 100_000, unpackedBytesMax: 400_000 };

/** How other repositories get the bridge. `npm link` and a path are the same to npm: a link. */
const ways = [
  'a path',
  'file: in package.json',
  'a copy of the folder',
  'a packed tarball',
  'a packed tarball by pnpm',
] as const;

const esm = `
import { close, defaultBridge, marketData, signalGenerated, subscribe, v } from '@bitten/bridge';
import { createRequire } from 'node:module';

// Whichever door a module takes, it is in the same room.
if (createRequire(import.meta.url)('@bitten/bridge').defaultBridge() !== defaultBridge()) throw new Error('two bridges');

const { level } = await marketData('EURUSD', 1.0841, 1.0843);
const seen = await new Promise<string>((resolve) => {
  subscribe({ types: ['market_data'], from: 'start' }, (event) => resolve(v.parse(v.string(), event.data.symbol)));
});
console.log('esm', level, seen);
// @ts-expect-error: there is no such direction, and the types know.
const refused = await signalGenerated({ signal_id: '1', symbol: 'A', direction: 'UP', confidence: 1, pattern_type: 'x' }).catch(String);
if (!String(refused).includes('BUY or SELL')) throw new Error(String(refused));
await close();
`;

const commonJs = `
import bridge = require('@bitten/bridge');
const definition = bridge.defineEvent({ type: 'x', description: 'x', data: bridge.v.looseObject({ n: bridge.v.number() }) });
const publish = bridge.defaultBridge().define(definition);
// @ts-expect-error: a type of one's own is checked as well.
publish({ n: '1' });
void publish({ n: 1 }).then((receipt: bridge.Receipt) => {
  console.log('cjs', receipt.level);
  return bridge.close();
});
`;

const options = {
  target: 'ES2023',
  strict: true,
  exactOptionalPropertyTypes: true,
  types: ['node'],
  typeRoots: [join(root, 'node_modules/@types')],
  // What the package says is held to the rules as well.
  skipLibCheck: false,
  noEmitOnError: true,
};

const resolutions = [
  ['NodeNext', 'NodeNext'],
  ['Node16', 'Node16'],
  ['Preserve', 'Bundler'],
] as const;

/** A project that has installed the bridge in one of the ways. */
function sibling(siblings: Siblings, way: (typeof ways)[number]): string {
  const path = '../bitten/packages/bridge';
  const manifest =
    way === 'file: in package.json' ? { dependencies: { '@bitten/bridge': `file:${path}` } } : {};
  const project = siblings.project('sibling', manifest);
  if (way === 'a path') siblings.must(`npm install ${path}`, project);
  if (way === 'file: in package.json') siblings.must('npm install', project);
  if (way === 'a copy of the folder') install(siblings, project, `--install-links ${path}`);
  if (way === 'a packed tarball') install(siblings, project, packBridge(siblings).tarball);
  // pnpm lets a project see its own dependencies only, not those of the bridge.
  if (way === 'a packed tarball by pnpm') {
    siblings.must(`pnpm add --allow-build=zeromq ${packBridge(siblings).tarball}`, project);
  }
  return project;
}

/** Copies need their dependencies; where npm has nowhere to get them from, they come from the workspace. */
function install(siblings: Siblings, project: string, what: string): void {
  if (online) {
    siblings.must(`npm install ${what}`, project);
    return;
  }
  siblings.must(
    `mkdir -p node_modules/@bitten/bridge && tar xzf ${packBridge(siblings).tarball} --strip-components=1 -C node_modules/@bitten/bridge`,
    project,
  );
  for (const name of ['zeromq', 'valibot']) place(project, name, join(bridgeFolder, 'node_modules', name));
}

async function busFor(): Promise<System> {
  const system = await System.prepare();
  await system.startBus();
  return system;
}

describe('the bridge in somebody else’s repository', () => {
  test.each(online ? ways : ways.slice(0, -1))(
    'installed from %s it works in ESM, CommonJS and TypeScript',
    async (way) => {
      const system = await busFor();
      const siblings = new Siblings(system.env);
      const project = sibling(siblings, way);
      writeFileSync(join(project, 'esm.mts'), esm);
      writeFileSync(join(project, 'commonjs.cts'), commonJs);

      for (const [module, moduleResolution] of way === 'a packed tarball'
        ? resolutions
        : resolutions.slice(0, 1)) {
        const compilerOptions = { ...options, module, moduleResolution, outDir: `out-${module}` };
        const files = ['esm.mts', 'commonjs.cts'];
        writeFileSync(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions, files }));
        expect(siblings.compile('-p tsconfig.json', project), `${module}, ${moduleResolution}`).toBe('');
      }
      expect(siblings.must('node out-NodeNext/esm.mjs', project)).toBe('esm fsynced EURUSD\n');
      expect(siblings.must('node out-NodeNext/commonjs.cjs', project)).toBe('cjs fsynced\n');
    },
  );
});

describe('the packed file', () => {
  test('holds the code, its types and what people read, and nothing else', () => {
    const { files, size, unpackedSize, tarball } = packBridge(new Siblings());
    const others = files.filter(
      (file) => !/^dist\/types\/(bridge|schema|transport|replay)\/.*\.d\.ts$/.test(file),
    );
    expect(others.toSorted()).toEqual([
      'LICENSE',
      'README.md',
      'dist/index.cjs',
      'dist/index.d.ts',
      'dist/index.js',
      'dist/types/package.json',
      'package.json',
    ]);
    expect(size, tarball).toBeLessThan(bounds.packedBytesMax);
    expect(unpackedSize).toBeLessThan(bounds.unpackedBytesMax);
  });

  test('is as large as BRIDGE.md says, within a fifth', () => {
    const { size, unpackedSize } = packBridge(new Siblings());
    const page = readFileSync(join(root, 'docs/BRIDGE.md'), 'utf8');
    const [, packed, unpacked] = /Packed (\d+) kB, unpacked (\d+) kB/.exec(page)!.map(Number);
    expect(Math.abs(size / 1000 / packed! - 1)).toBeLessThan(0.2);
    expect(Math.abs(unpackedSize / 1000 / unpacked! - 1)).toBeLessThan(0.2);
  });

  test('needs zeromq and valibot, and of Node only its own modules', () => {
    const { dependencies } = JSON.parse(readFileSync(join(bridgeFolder, 'package.json'), 'utf8')) as Manifest;
    expect(Object.keys(dependencies).toSorted()).toEqual(['valibot', 'zeromq']);
    const code = readFileSync(join(bridgeFolder, 'dist/index.cjs'), 'utf8');
    const required = [...code.matchAll(/\brequire\("([^"]+)"\)/g)].map(([, name]) => name!);
    const foreign = new Set(required.filter((name) => !isBuiltin(name)));
    expect([...foreign].toSorted()).toEqual(['valibot', 'zeromq']);
  });

  test('is found to be in order by publint and by attw', () => {
    const siblings = new Siblings();
    const { tarball } = packBridge(siblings);
    const bin = join(bridgeFolder, 'node_modules/.bin');
    siblings.must(`${bin}/publint run ${tarball} --strict`, siblings.folder);
    siblings.must(`${bin}/attw ${tarball} --profile strict --format ascii`, siblings.folder);
  });
});

interface Manifest {
  dependencies: Record<string, string>;
}
