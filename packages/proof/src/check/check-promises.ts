import type { Life } from '../load/load.js';
import { lastNumber, readAcks } from '../system/lines.js';
import { checkOrder, type Ownership, type Places } from './places.js';
import type { Findings } from './verdict.js';

const nothing: Places = { seqOf: new Map(), order: [] };

/** What each publisher was promised against what is stored. */
export function checkPromises(findings: Findings, lives: readonly Life[], owners: Ownership): void {
  for (const life of lives) {
    const places = owners.byRun.get(life.run) ?? nothing;
    // A life on 5571 has no promise while the bus may be killed; one that ran undisturbed has.
    const mayHaveHoles = life.kind === 'raw' && life.complete === undefined;
    checkOrder(findings, { run: life.run, places, mayHaveHoles });
    checkReceipts(findings, life, places);
    checkKept(findings, life, places);
  }
  for (const run of owners.byRun.keys()) {
    if (!lives.some((life) => life.run === run)) {
      findings.wrong('misstored', `events of a life ${run} that nobody has lived`);
    }
  }
}

function checkReceipts(findings: Findings, { run, ackFile }: Life, places: Places): void {
  let last = 0;
  for (const { n, seq } of readAcks(ackFile)) {
    findings.counts.acknowledged += 1;
    const stored = places.seqOf.get(n);
    if (stored === undefined) {
      findings.wrong('lost', `event ${n} of life ${run}, acknowledged as ${seq}, is not stored`);
    } else if (seq !== null && seq !== stored) {
      findings.wrong(
        'falseReceipts',
        `event ${n} of life ${run}: acknowledged as ${seq}, stored as ${stored}`,
      );
    }
    if (n <= last)
      findings.wrong('falseReceipts', `life ${run}: the receipt of event ${n} came after ${last}`);
    last = n;
  }
}

/** What was on the publisher's disk when it noted so, or was published by a life that ended in good order. */
function checkKept(findings: Findings, { run, keptFile, complete }: Life, places: Places): void {
  const kept = Math.max(lastNumber(keptFile), complete?.published ?? 0);
  findings.counts.promised += kept;
  const missing: number[] = [];
  for (let n = 1; n <= kept; n += 1) if (!places.seqOf.has(n)) missing.push(n);
  if (missing.length === 0) return;
  const words = `life ${run}: events ${missing[0]} to ${missing.at(-1)} of ${kept} promised are not stored`;
  findings.wrong('lost', words, missing.length);
}
