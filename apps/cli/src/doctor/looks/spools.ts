import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { checkLiveness, describeError, identifySelf } from '@bitten/runtime';
import { count } from '../../show/amount.js';
import { formatDuration } from '../../time.js';
import { listSpools } from '../../verify/folder.js';
import type { Facts } from '../facts.js';
import { type Finding, ok, warning, wrong } from '../finding.js';

/** What components have kept while the bus was away, and who will bring it. */
export async function lookAtSpools(facts: Facts): Promise<Finding[]> {
  const spools = listSpools(join(facts.settings.dataDir, 'spool'));
  const findings: Finding[] = [];
  for (const spool of spools) {
    const finding = await lookAtSpool(facts, spool);
    if (finding !== null) findings.push(finding);
  }
  return findings.length > 0 ? findings : [ok('spools', 'nothing waits')];
}

async function lookAtSpool(
  { now, bus, signal }: Facts,
  { name, dir }: { name: string; dir: string },
): Promise<Finding | null> {
  const owner = ownerOf(dir);
  const waiting = await read(dir, signal);
  if (typeof waiting === 'string') {
    return wrong('spools', `what ${name} has kept cannot be read: ${waiting}`, 'bitten verify --log');
  }
  if (waiting === null || waiting.events === 0) return null;
  const since =
    waiting.oldest === null ? '' : `, the oldest for ${formatDuration(Math.max(0, now - waiting.oldest))}`;
  const more = waiting.isWhole ? '' : 'at least ';
  const text = `${more}${count(waiting.events, 'event')} of ${name} wait${waiting.events === 1 ? 's' : ''}${since}`;
  if (owner !== null && bus.state !== 'answers') {
    return warning('spools', `${text} for the bus`, `start the bus; process ${owner} delivers them`);
  }
  if (owner !== null) {
    return warning('spools', `${text}: process ${owner} delivers them`, 'bitten doctor, a moment later');
  }
  const remedy = `start ${name} again: its bridge delivers what was left before anything new`;
  return wrong('spools', `${text}: their process has ended`, remedy);
}

/** So much is counted; a spool may hold a gigabyte. */
const counted_max = 200_000;

/** Null where the spool has gone meanwhile; a text where it cannot be read. */
async function read(
  dir: string,
  signal: AbortSignal,
): Promise<{ events: number; oldest: number | null; isWhole: boolean } | string | null> {
  try {
    const { LogInspector } = await import('@bitten/storage/log');
    const inspector = new LogInspector({ dir, patience_ms: 0 });
    let oldest: number | null = null;
    for (const page of inspector.pages()) {
      oldest ??= page[0]?.appendedAt ?? null;
      signal.throwIfAborted();
      if (inspector.report.events >= counted_max) break;
    }
    const { events, findings } = inspector.report;
    if (findings.length > 0) return `${findings[0]!.file}: ${findings[0]!.found}`;
    return { events, oldest, isWhole: events < counted_max };
  } catch (error) {
    signal.throwIfAborted();
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? null : describeError(error);
  }
}

/** The process a spool belongs to; null where that has ended. */
function ownerOf(dir: string): number | null {
  try {
    const owner = JSON.parse(readFileSync(join(dir, 'owner.json'), 'utf8')) as {
      pid: number;
      started: string | null;
      boot: string | null;
    };
    const self = identifySelf();
    const start_ticks = owner.started === null ? null : Number(owner.started);
    const other = { ...self, pid: owner.pid, host: hostname(), boot_id: owner.boot, start_ticks };
    return checkLiveness(other, self) === 'dead' ? null : owner.pid;
  } catch {
    return null;
  }
}
