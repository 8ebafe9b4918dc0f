import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What of V8's format is read here. */
interface CpuProfile {
  nodes: Array<{ id: number; callFrame: { functionName: string; url: string; lineNumber: number } }>;
  samples: number[];
  timeDeltas: number[];
}

export interface SelfTime {
  name: string;
  /** Of the time the thread was at work. */
  share: number;
}

/** The functions in which a process itself spent most of its time. */
export function selfTimes(profile: CpuProfile, limit: number): SelfTime[] {
  const byId = new Map(profile.nodes.map((node) => [node.id, nameOf(node.callFrame)]));
  const totals = new Map<string, number>();
  profile.samples.forEach((id, index) => {
    const name = byId.get(id) ?? '?';
    totals.set(name, (totals.get(name) ?? 0) + (profile.timeDeltas[index] ?? 0));
  });
  totals.delete('(idle)');
  const busy = [...totals.values()].reduce((sum, time) => sum + time, 0);
  return [...totals]
    .sort(([, a], [, b]) => b - a)
    .slice(0, limit)
    .map(([name, time]) => ({ name, share: time / busy }));
}

function nameOf({ functionName, url, lineNumber }: CpuProfile['nodes'][number]['callFrame']): string {
  const file = url.slice(url.lastIndexOf('/dist/') < 0 ? url.lastIndexOf('/') + 1 : placeOfPackage(url));
  return file === '' ? functionName : `${functionName || '(anonymous)'} ${file}:${lineNumber + 1}`;
}

/** `storage/dist/log/index.js`: the package's name is what tells files named alike apart. */
function placeOfPackage(url: string): number {
  return url.lastIndexOf('/', url.lastIndexOf('/dist/') - 1) + 1;
}

/** The largest profile of a folder: its main thread; those of worker threads are beside it. */
export function describeProfile(dir: string, limit = 12): string {
  const profiles = readdirSync(dir)
    .filter((file) => file.endsWith('.cpuprofile'))
    .map((file) => JSON.parse(readFileSync(join(dir, file), 'utf8')) as CpuProfile)
    .sort((a, b) => b.samples.length - a.samples.length);
  const [main] = profiles;
  if (main === undefined) return '  no profile: the process was killed';
  return selfTimes(main, limit)
    .map(({ name, share }) => `  ${(share * 100).toFixed(1).padStart(5)} %  ${name}`)
    .join('\n');
}
