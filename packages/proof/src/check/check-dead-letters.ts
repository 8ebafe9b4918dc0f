import type { Life } from '../load/load.js';
import { lastNumber } from '../system/lines.js';
import { deadLetterRows } from '../system/store.js';
import type { Findings } from './verdict.js';

/** Every invalid event that was acknowledged is a dead letter exactly once, and none is there twice or unasked. */
export function checkDeadLetters(findings: Findings, database: string, lives: readonly Life[]): void {
  const byRun = new Map<number, number[]>();
  let next = 1;
  for (const row of deadLetterRows(database)) {
    findings.counts.deadLetters += 1;
    if (row.id !== next) findings.wrong('holes', `the dead letters go from ${next - 1} to ${row.id}`);
    next = row.id + 1;
    const { run, bad } = markOf(row.payload);
    if (run === undefined || bad === undefined) {
      findings.wrong('deadLettersWrong', `nobody meant this to be invalid: ${row.payload.slice(0, 200)}`);
      continue;
    }
    byRun.set(run, [...(byRun.get(run) ?? []), bad]);
    if (!row.issues_json.includes('data.direction')) {
      findings.wrong(
        'deadLettersWrong',
        `dead letter ${row.id} does not say what is wrong: ${row.issues_json}`,
      );
    }
  }
  for (const life of lives) checkLife(findings, life, byRun.get(life.run) ?? []);
}

function checkLife(findings: Findings, { run, refusedFile, complete }: Life, found: readonly number[]): void {
  const promised = Math.max(lastNumber(refusedFile), complete?.invalid ?? 0);
  const once = new Set(found);
  if (once.size !== found.length) {
    const words = `life ${run}: ${found.length - once.size} invalid events are in the dead letters twice`;
    findings.wrong('deadLettersWrong', words, found.length - once.size);
  }
  for (let bad = 1; bad <= promised; bad += 1) {
    if (!once.has(bad))
      findings.wrong('deadLettersWrong', `life ${run}: invalid event ${bad} is no dead letter`);
  }
}

function markOf(payload: string): { run?: number; bad?: number } {
  try {
    return (JSON.parse(payload) as { data?: object }).data ?? {};
  } catch {
    return {};
  }
}
