import { type Colors, harmless } from '../show/terminal.js';
import { formatDuration } from '../time.js';
import type { Proof } from './proof.js';

/** A proof in words: what was done to the system, what became of the events, and how that shows it. */
export function describeProof(proof: Proof, colors: Colors): string {
  const { faults, counts } = proof;
  const rows: Array<[string, string]> = [
    ['crashes', crashesOf(proof)],
    ['stopped, cut off', `${faults.freezes} processes stopped, ${faults.disturbances} connections disturbed`],
    ['files changed', `${faults.corruptions} times, damage named ${faults.damageNamed} times`],
    ['disk full', `${faults.diskFull} times; ${faults.clockShifts} times the clock was moved`],
    ['acknowledged', count(counts.acknowledged)],
    ['stored', count(counts.stored)],
    ['lost', bad(counts.lost, colors)],
    ['doubled', bad(counts.doubled, colors)],
    ['reordered', bad(counts.reordered + counts.holes, colors)],
    ['false receipts', bad(counts.falseReceipts, colors)],
    [
      'dead letters',
      `${count(counts.deadLetters)}, missing or doubled ${bad(counts.deadLettersWrong, colors)}`,
    ],
    ['subscribers saw', `${count(counts.seen)}, otherwise than logged ${bad(counts.misseen, colors)}`],
  ];
  const width = Math.max(...rows.map(([name]) => name.length));
  const table = rows.map(([name, value]) => `${colors.dim(name.padEnd(width))}  ${value}`).join('\n');
  const verdict = proof.ok
    ? colors.green(`Nothing acknowledged was lost, doubled or reordered in ${formatDuration(proof.seconds)}.`)
    : colors.red(`Broken:\n${proof.violations.map((words) => `  ${harmless(words)}`).join('\n')}`);
  return `${verdict}\n\n${table}\n\n${howShown(proof)}\n`;
}

function crashesOf({ faults, power }: Proof): string {
  const { bus, collector, publisher, subscriber } = faults.killsByProcess;
  const kills = `${count(faults.kills)} processes killed (bus ${bus}, collector ${collector}, publishers ${publisher}, subscribers ${subscriber})`;
  return power === null ? kills : `${kills}, ${count(power.cuts)} power cuts`;
}

/** What the figures above do and do not prove. */
function howShown({ faults, power, dir, seed }: Proof): string {
  const { random = 0, ...points } = faults.killsByPoint;
  const places = Object.values(points).reduce((sum, kills) => sum + kills, 0);
  return [
    `How: real processes on the disk of ${harmless(dir)}. ${places} kills were at ${Object.keys(points).length} named places in`,
    `the code, ${random} at any moment. A kill leaves the system's own memory alone: it proves nothing about fsync.`,
    howPower(power),
    `The same faults again: --seed ${seed}`,
  ].join('\n');
}

function howPower(power: Proof['power']): string {
  if (power === null || power.cuts === 0) {
    return 'The power was not cut: there was no time for it. Give it more: --for 2m';
  }
  if (power.method === 'image') {
    return `The power was cut ${power.cuts} times: log, store and spool were on a file system of their own, and went on from what its disk held.`;
  }
  const why = power.whyNoImage === undefined ? '' : ` (${harmless(power.whyNoImage)})`;
  return `The power was cut ${power.cuts} times, by dropping what was not fsynced on the way to the disk; a disk of its own could not be mounted here${why}.`;
}

function count(number: number): string {
  return number.toLocaleString('en');
}

function bad(number: number, colors: Colors): string {
  return number === 0 ? colors.green('0') : colors.red(count(number));
}
