import type { LogFinding, LogReport } from '@bitten/storage/log';
import type { StoreFinding, StoreReport } from '@bitten/storage/store';
import type { Colors } from '../show/terminal.js';
import { harmless } from '../show/terminal.js';
import { isSound, type Verification } from './examine.js';

const shown_max = 20;

/** What was found, for people: what is damaged, what is safe, and what to do. */
export function describeVerification(verification: Verification, colors: Colors): string {
  const { log, dead_letters, spools, store, cursors, problems, notes } = verification;
  const lines: string[] = [];
  if (log !== null) lines.push(...describeLog('log', log, colors));
  if (dead_letters !== null) lines.push(...describeLog('dead letters', dead_letters, colors));
  if (cursors !== null) lines.push(...describeCursors(cursors, colors));
  for (const { name, dir, waiting, report, why } of spools) {
    lines.push(`${title('spool')}${harmless(name)}: ${waiting} events wait in ${dir}`);
    if (why !== null) lines.push(`  ${colors.red('damaged')}  ${why}`);
    for (const finding of report?.findings ?? []) lines.push(...describeLogFinding(finding, colors));
  }
  if (store !== null) lines.push(...describeStore(store, colors), ...advise(verification));
  for (const problem of problems) lines.push(`${colors.red('problem')}  ${problem}`);
  for (const note of [...(log?.notes ?? []), ...(dead_letters?.notes ?? []), ...notes]) {
    lines.push(`${colors.yellow('note')}  ${note}`);
  }
  lines.push(isSound(verification) ? colors.green('sound') : colors.red('damage was found'));
  return `${lines.join('\n')}\n`;
}

function title(text: string): string {
  return `${text.padEnd(14)}`;
}

function describeLog(name: string, report: LogReport, colors: Colors): string[] {
  const { first, next, segments, records, findings } = report;
  const range = next === first ? 'no events' : `seq ${first} to ${next - 1}`;
  const state = findings.length === 0 ? 'every checksum matches' : `${findings.length} findings`;
  return [
    `${title(name)}${range}, ${records} records in ${segments} segments: ${state}`,
    ...findings.slice(0, shown_max).flatMap((finding) => describeLogFinding(finding, colors)),
    ...more(findings.length - shown_max),
  ];
}

function describeLogFinding(finding: LogFinding, colors: Colors): string[] {
  const { file, offset, from, to, found, expected, safe, remedy } = finding;
  const where = offset === null ? '' : `, byte ${offset}`;
  return [
    `  ${colors.red('damaged')}  ${file}${where}${range(from, to)}`,
    `    found    ${found}`,
    `    expected ${expected}`,
    `    safe     ${safe}`,
    `    do       ${remedy}`,
  ];
}

function describeCursors(problems: readonly string[], colors: Colors): string[] {
  if (problems.length === 0) return [`${title('cursors')}in order`];
  return problems.flatMap((problem) => [
    `${title('cursors')}${colors.red('damaged')}  ${problem}`,
    '    safe     all events',
    '    do       stop the bus and restore the file from a backup, or move it away: every reader then opens its cursor anew',
  ]);
}

function describeStore(store: StoreReport, colors: Colors): string[] {
  const { rows, compared, crc, findings, more_findings, older, gaps } = store;
  const held = rows === null ? 'cannot be read' : `${rows.events} events, ${rows.dead_letters} dead letters`;
  const sum = crc === null ? 'nothing to compare' : `${compared} rows held against the log, checksum ${crc}`;
  return [
    `${title('store')}${held}: ${sum}`,
    ...findings.slice(0, shown_max).map((finding) => describeStoreFinding(finding, colors)),
    ...more(findings.length - shown_max + more_findings),
    ...olderLines(older),
    ...gaps.map(({ log, from, to, why }) => `  not there ${log} ${from} to ${to - 1}: ${why}`),
  ];
}

function olderLines({ events, dead_letters }: StoreReport['older']): string[] {
  if (events === 0 && dead_letters === 0) return [];
  return [
    `  older     ${events} events and ${dead_letters} dead letters are older than the log and only in the store`,
  ];
}

function describeStoreFinding({ table, from, to, found, expected }: StoreFinding, colors: Colors): string {
  const where = table === null ? '' : `${table}${range(from, to)}: `;
  return `  ${colors.red('damaged')}  ${where}${found} (expected ${expected})`;
}

/** What helps the store depends on the log: a log that has lost events must not be projected over what is there. */
function advise({ log, dead_letters, store }: Verification): string[] {
  if (store === null || store.findings.length === 0) return [];
  const kinds = new Set(store.findings.map(({ kind }) => kind));
  if (kinds.has('foreign'))
    return ['    do       check the data folder; or move the store aside: the collector makes it anew'];
  const isLogWhole = [log, dead_letters].every(
    (report) => report?.findings.every(({ kind }) => kind === 'spare') === true,
  );
  if (!isLogWhole || kinds.has('position')) {
    return [
      '    safe     what the store holds: keep a copy of it (sqlite3 … ".backup copy.db")',
      '    do       restore the log first; bitten rebuild only when it is whole',
    ];
  }
  const lostBefore = endOfLost({ log, dead_letters, store });
  if (lostBefore === null) return ['    safe     all events are in the log', '    do       bitten rebuild'];
  return [
    '    safe     all other events, in the log or in the store',
    `    do       restore the store from a backup; or give up what is missing and in no log: bitten rebuild --lose-before ${lostBefore}`,
  ];
}

/** The place after the last row that is missing and older than its log; null where the log has all that is missing. */
function endOfLost({ log, dead_letters, store }: Pick<Verification, 'log' | 'dead_letters' | 'store'>) {
  const firsts = new Map([
    ['event_rows', log?.first],
    ['dead_letters', dead_letters?.first],
  ]);
  const ends = (store?.findings ?? [])
    .filter(({ kind, table, from }) => kind === 'missing' && (from ?? 0) < (firsts.get(table ?? '') ?? 0))
    .map(({ to }) => to ?? 0);
  return ends.length === 0 ? null : Math.max(...ends);
}

function range(from: number | null, to: number | null): string {
  if (from === null) return '';
  if (to === null) return `, seq ${from} on`;
  return to - from === 1 ? `, seq ${from}` : `, seq ${from} to ${to - 1}`;
}

function more(count: number): string[] {
  return count > 0 ? [`  and ${count} more: --json shows them`] : [];
}
