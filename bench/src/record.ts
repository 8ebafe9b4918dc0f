import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { budget, judge, type Verdict } from './budget.js';
import { type FigureName, figures, type Summary, type Unit } from './figures.js';
import type { Load, Machine } from './machine.js';
import type { Scale } from './scenario.js';
import { resultsDir } from './system/places.js';
import type { Results } from './table.js';

/** A result as a file: what the tables say, for programs. */
export interface ResultFile {
  date: string;
  scale: Scale;
  machine: Machine;
  load: Load;
  notes: string[];
  budget: Array<{ what: string; musts: MustResult[] }>;
  figures: Partial<Record<FigureName, Summary & { what: string; unit: Unit; values: number[] }>>;
}

interface MustResult {
  figure: FigureName;
  at_least?: number;
  at_most?: number;
  measured?: number;
  ratio?: number;
  verdict: Verdict;
}

export function resultFile(
  results: Results,
  { scale, values }: { scale: Scale; values: ReadonlyMap<FigureName, number[]> },
): ResultFile {
  const { machine, load, summaries, asked, notes } = results;
  const measured: ResultFile['figures'] = {};
  for (const [name, runs] of values) {
    const summary = summaries[name];
    if (summary !== undefined) measured[name] = { ...figures[name], ...summary, values: runs };
  }
  const musts = budget.map((line) => ({
    what: line.what,
    musts: line.musts.map((must): MustResult => {
      const { figure, at_least, at_most } = must;
      const summary = summaries[figure];
      return {
        figure,
        ...(at_least === undefined ? {} : { at_least }),
        ...(at_most === undefined ? {} : { at_most }),
        ...(summary === undefined ? {} : { measured: summary.median }),
        ...judge(must, summary, asked.has(figure)),
      };
    }),
  }));
  const date = new Date().toISOString();
  return { date, scale, machine, load, notes: [...new Set(notes)], budget: musts, figures: measured };
}

/** The last result, and wherever else it was asked for. */
export function writeResult(result: ResultFile, file: string | undefined): void {
  const text = `${JSON.stringify(result, null, 2)}\n`;
  for (const path of [join(resultsDir, 'latest.json'), ...(file === undefined ? [] : [file])]) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
}

/** One line for each whole run that somebody wanted to keep: when, what, where, and the medians. */
export function appendHistory(result: ResultFile): string {
  const { date, scale, machine, load } = result;
  const { packages: _, ...place } = machine;
  const medians = Object.fromEntries(
    Object.entries(result.figures).map(([name, { median }]) => [name, Number(median.toPrecision(4))]),
  );
  const file = join(resultsDir, 'history.jsonl');
  mkdirSync(resultsDir, { recursive: true });
  appendFileSync(
    file,
    `${JSON.stringify({ date, scale, ...place, load: load.average_1m, others: load.others, medians })}\n`,
  );
  return file;
}
