import type { FaultKind } from '@bitten/proof';
import { amount, count } from '../show/amount.js';
import { type Colors, harmless } from '../show/terminal.js';
import { formatDuration } from '../time.js';
import type { Proof } from './proof.js';

/** A proof in words: what was done to the system, what became of the events, and how that shows it. */
export function describeProof(proof: Proof, colors: Colors): string {
  const { faults, counts } = proof;
  const rows: Array<[string, string]> = [
    ['crashes', crashesOf(proof)],
    [
      'stopped, cut off',
      `${count(faults.freezes, 'process')} stopped, ${count(faults.disturbances, 'connection')} disturbed`,
    ],
    [
      'files changed',
      `${count(faults.corruptions, 'time')}, damage named ${count(faults.damageNamed, 'time')}`,
    ],
    [
      'disk full',
      `${count(faults.diskFull, 'time')}; the clock was moved ${count(faults.clockShifts, 'time')}`,
    ],
    ['acknowledged', `${amount(counts.acknowledged)}, each by a receipt that the publisher wrote down`],
    [
      'promised',
      `${amount(counts.promised)}, those and what publishers that do not wait had on the spool or at their orderly end`,
    ],
    ['stored', `${amount(counts.stored)}, those and what nobody had been promised`],
    ['lost', bad(counts.lost, colors)],
    ['doubled', bad(counts.doubled, colors)],
    ['reordered', bad(counts.reordered + counts.holes, colors)],
    ['false receipts', bad(counts.falseReceipts, colors)],
    [
      'dead letters',
      `${amount(counts.deadLetters)}, missing or doubled ${bad(counts.deadLettersWrong, colors)}`,
    ],
    ['subscribers saw', `${amount(counts.seen)}, otherwise than logged ${bad(counts.misseen, colors)}`],
  ];
  const width = Math.max(...rows.map(([name]) => name.length));
  const table = rows.map(([name, value]) => `${colors.dim(name.padEnd(width))}  ${value}`).join('\n');
  return `${verdictOf(proof, colors)}\n\n${table}\n\n${howShown(proof)}\n`;
}

function verdictOf(proof: Proof, colors: Colors): string {
  const { ok, seconds, unjudged, violations, interrupted } = proof;
  if (ok) {
    return colors.green(`Nothing acknowledged was lost, doubled or reordered in ${formatDuration(seconds)}.`);
  }
  // What programs said last has lines of its own.
  const lines = violations.flatMap((words) => words.split('\n'));
  const told = lines.map((line) => `  ${harmless(line)}`).join('\n');
  if (unjudged !== null) {
    return `${colors.red(`Could not be judged: ${harmless(unjudged)}.`)} What was not judged is not counted.\n${told}`;
  }
  if (violations.length > 0) return colors.red(`Broken:\n${told}`);
  return colors.red(interrupted ? 'Interrupted before anything was checked.' : 'Nothing was checked.');
}

function crashesOf({ faults, power }: Proof): string {
  const { bus, collector, publisher, subscriber } = faults.killsByProcess;
  const kills = `${count(faults.kills, 'process')} killed (bus ${bus}, collector ${collector}, publishers ${publisher}, subscribers ${subscriber})`;
  return power === null ? kills : `${kills}, ${count(power.cuts, 'power cut')}`;
}

/** What the figures above do and do not prove. */
function howShown(proof: Proof): string {
  const { faults, dir, seed } = proof;
  const { random = 0, ...points } = faults.killsByPoint;
  const places = Object.values(points).reduce((sum, kills) => sum + kills, 0);
  return [
    `How: real processes on the disk of ${harmless(dir)}. ${count(places, 'kill')} at ${count(Object.keys(points).length, 'named place')} in`,
    `the code, ${random} at any moment. A kill leaves the system's own memory alone: it proves nothing about fsync.`,
    ...notComeUp(proof),
    howPower(proof),
    `The same faults again: --seed ${seed}`,
  ].join('\n');
}

const namesOfKinds: Readonly<Record<FaultKind, string>> = {
  point: 'deaths at named places',
  kill: 'kills at any moment',
  freeze: 'stopped processes',
  net: 'disturbed connections',
  corrupt: 'changed files',
  clock: 'a moved clock',
  full: 'a full disk',
};

function notComeUp({ faults: { unplayed } }: Proof): string[] {
  if (unplayed.length === 0) return [];
  return [`Not come up in that time: ${unplayed.map((kind) => namesOfKinds[kind]).join(', ')}.`];
}

function howPower({ power, powerWhyNot, interrupted }: Proof): string {
  if (power === null) {
    const more = interrupted ? '' : ' Give it more: --for 2m';
    return `The power was not cut: ${powerWhyNot}.${more}`;
  }
  if (power.method === 'image') {
    return `The power was cut ${count(power.cuts, 'time')}: log, store and spool were on a file system of their own, and went on from what its disk held.`;
  }
  const why = power.whyNoImage === undefined ? '' : ` (${harmless(power.whyNoImage)})`;
  return `The power was cut ${count(power.cuts, 'time')}, by dropping what was not fsynced on the way to the disk; a disk of its own could not be mounted here${why}.`;
}

function bad(number: number, colors: Colors): string {
  return number === 0 ? colors.green('0') : colors.red(amount(number));
}
