import { createRequire } from 'node:module';
import { describeError } from '@bitten/runtime';
import { type Finding, ok, wrong } from '../finding.js';

/** The oldest Node.js everything here runs on; `engines` of every package says the same. */
const least = { major: 20, minor: 19 };

/** Node.js and the two native modules: without them nothing else can work. */
export async function lookAtMachine(): Promise<Finding[]> {
  return [
    lookAtNode(process.versions.node),
    await loads('better-sqlite3', openMemory),
    await loads('zeromq', () => import('@bitten/transport')),
  ];
}

export function lookAtNode(version: string): Finding {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const isEnough = major > least.major || (major === least.major && minor >= least.minor);
  if (isEnough) return ok('node', `${version}`);
  const expected = `${least.major}.${least.minor}`;
  return wrong(
    'node',
    `${version} is too old: at least ${expected} is needed`,
    `install Node.js ${expected} or newer`,
  );
}

async function loads(name: string, load: () => unknown): Promise<Finding> {
  try {
    await load();
    return ok(name, 'loads');
  } catch (error) {
    const why = describeError(error).split('\n')[0] ?? '';
    return wrong(
      name,
      `cannot be loaded: ${why}`,
      'pnpm install, with the Node.js that runs it; then pnpm build',
    );
  }
}

/** A database in memory: the module alone would load without its native half. */
function openMemory(): void {
  const Database = createRequire(import.meta.url)('better-sqlite3') as typeof import('better-sqlite3');
  new Database(':memory:').close();
}
