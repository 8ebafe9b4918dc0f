import type { FaultReport } from './run.js';

/** A report for people: what was done, what was found, and how to see it again. */
export function tableOf(report: FaultReport): string {
  const { counts, killsByProcess, killsByPoint } = report;
  const processes = Object.entries(killsByProcess).map(([name, count]) => `${name} ${count}`);
  const points = Object.entries(killsByPoint).sort(([a], [b]) => a.localeCompare(b));
  const lines: Array<[string, number | string]> = [
    ['seed', report.seed],
    ['rounds checked', report.rounds],
    ['time', `${report.elapsed_s.toFixed(0)} s`],
    ['processes killed', `${report.kills} (${processes.join(', ')})`],
    ...points.map(([name, count]): [string, number] => [`  ${name}`, count]),
    ['processes stopped', report.freezes],
    ['connections disturbed', report.disturbances],
    ['files changed', `${report.corruptions} (damage named ${report.damageNamed})`],
    ['clocks moved', report.clockShifts],
    ['disks full', report.diskFull],
    ['not come up in that time', report.unplayed.length === 0 ? 'none' : report.unplayed.join(', ')],
    ['acknowledged', counts.acknowledged],
    ['promised on the spool or at the end', counts.promised],
    ['stored', counts.stored],
    ['seen by subscribers', counts.seen],
    ['dead letters', counts.deadLetters],
    ['lost', counts.lost],
    ['doubled', counts.doubled],
    ['reordered', counts.reordered],
    ['holes in seq', counts.holes],
    ['false receipts', counts.falseReceipts],
    ['seen otherwise than logged', counts.misseen],
    ['stored otherwise than logged', counts.misstored],
    ['dead letters missing or doubled', counts.deadLettersWrong],
  ];
  const width = Math.max(...lines.map(([name]) => name.length));
  const table = lines.map(([name, value]) => `${name.padEnd(width)}  ${value}`).join('\n');
  const kept = report.kept.length === 0 ? '' : `kept: ${report.kept.join(', ')}\n`;
  return `${table}\n\n${verdictOf(report)}\n${kept}`;
}

function verdictOf({ ok, rounds, unjudged, violations }: FaultReport): string {
  if (ok) return 'Nothing acknowledged was lost, doubled or reordered.';
  if (rounds === 0 && violations.length === 0) return 'Nothing was checked.';
  const told = violations.join('\n');
  return unjudged === null
    ? told
    : `Round ${rounds} could not be judged: ${unjudged}. Nothing of it is counted.\n\n${told}`;
}
