import Table from 'cli-table3';
import { type BudgetLine, budget, describeMust, type Judged, judge, type Must } from './budget.js';
import { type FigureName, figures, formatSummary, type Summary } from './figures.js';
import { isBusy, isInMemory, type Load, type Machine, wasDisturbed } from './machine.js';

export interface Results {
  machine: Machine;
  load: Load;
  summaries: Partial<Record<FigureName, Summary>>;
  /** The figures of the scenarios that ran. */
  asked: ReadonlySet<FigureName>;
  notes: readonly string[];
}

/** Where it ran, and what to hold against it. */
export function machineText({ machine, load }: Pick<Results, 'machine' | 'load'>): string {
  const { cpu, cores, memory_gb, kernel, filesystem, node, packages, commit, is_changed } = machine;
  const versions = Object.entries(packages).map(([name, version]) => `${name} ${version}`);
  const busy = load.busy === undefined ? '' : `, ${Math.round(load.busy * 100)} % busy in the second before`;
  const lines = [
    `${cpu}, ${cores} cores, ${memory_gb} GB; ${kernel}; ${filesystem}`,
    `node ${node}, ${versions.join(', ')}; commit ${commit}${is_changed ? ' with changes' : ''}`,
    `load average before ${load.average_1m.toFixed(2)}${busy}`,
  ];
  if (isBusy(load, cores))
    lines.push('WARNING: the machine is busy with something else; figures are worse than they would be.');
  if (isInMemory(machine))
    lines.push('WARNING: this folder is in memory and syncs nothing; choose one on a disk with --dir.');
  return lines.join('\n');
}

/** Whether the machine was ours while it was measured; empty where that cannot be told. */
export function neighboursText(load: Load): string {
  if (load.others === undefined) return '';
  const share = `others used ${(load.others * 100).toFixed(1)} % of the machine during the run`;
  return wasDisturbed(load) ? `WARNING: ${share}; measure again when it is quiet.` : share;
}

/** The budget, line by line, as the design has it; without the lines that nobody asked for. */
export function budgetTable(results: Results): string {
  const table = newTable(['what', 'must', 'measured, median (range)', 'of must', 'met']);
  for (const line of budget) {
    if (line.musts.some(({ figure }) => results.asked.has(figure))) table.push(budgetRow(line, results));
  }
  return table.length === 0 ? '' : table.toString();
}

/** Each must of a line is a line of the same row's cells. */
function budgetRow({ what, musts }: BudgetLine, results: Results): string[] {
  const cells = musts.map((must) => mustCells(must, results));
  const column = (index: number): string => cells.map((cell) => cell[index]).join('\n');
  return [wrap(what, 36), column(0), column(1), column(2), column(3)];
}

function mustCells(must: Must, { summaries, asked }: Results): [string, string, string, string] {
  const summary = summaries[must.figure];
  const judged: Judged = judge(must, summary, asked.has(must.figure));
  const measured = summary === undefined ? '–' : formatSummary(summary, figures[must.figure].unit);
  return [describeMust(must), measured, judged.ratio?.toFixed(2) ?? '', judged.verdict];
}

/** What was measured besides: ceilings, and what explains a line. */
export function besideTable({ summaries }: Results): string {
  const table = newTable(['beside it', 'measured, median (range)'], { compact: true });
  const judged = new Set<FigureName>(budget.flatMap(({ musts }) => musts.map(({ figure }) => figure)));
  for (const name of Object.keys(figures) as FigureName[]) {
    const summary = summaries[name];
    if (summary === undefined || judged.has(name)) continue;
    table.push([figures[name].what, formatSummary(summary, figures[name].unit)]);
  }
  return table.length === 0 ? '' : table.toString();
}

export function notesText(notes: Iterable<string>): string {
  return [...new Set(notes)].map((note) => `· ${note}`).join('\n');
}

/** Plain text, whoever reads it: a result is pasted into a page more often than it is looked at. */
function newTable(head: string[], { compact = false } = {}): Table.Table {
  return new Table({ head, style: { head: [], border: [], compact } });
}

/** At blanks, to a width; a word that is longer stands alone. */
export function wrap(text: string, width: number): string {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines.join('\n');
}
