import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { exitCodes, runCommand } from '@bitten/runtime';
import { type FigureName, type Summary, summarize } from './figures.js';
import { checkGuards } from './guard.js';
import { Lab } from './lab.js';
import { describeMachine, measureLoad } from './machine.js';
import { describeProfile } from './measure/profile.js';
import { Neighbours } from './measure/usage.js';
import { help, type Options, readOptions } from './options.js';
import { appendHistory, resultFile, writeResult } from './record.js';
import type { Scenario } from './scenario.js';
import { scenarios } from './scenarios/index.js';
import { resultsDir } from './system/places.js';
import { besideTable, budgetTable, machineText, neighboursText, notesText, type Results } from './table.js';

await runCommand({ name: 'bench', run: main });

async function main(signal: AbortSignal): Promise<number> {
  const options = readOptions(process.argv.slice(2));
  if (options.request === 'help') return print(help.trimEnd());
  if (options.request === 'list') return print(listText());
  return await runAll(options, signal);
}

function listText(): string {
  return scenarios.map(({ name, question }) => `${name.padEnd(12)}${question}`).join('\n');
}

async function runAll(options: Options, signal: AbortSignal): Promise<number> {
  const dir = resolve(options.dir);
  mkdirSync(dir, { recursive: true });
  const machine = describeMachine(dir);
  const load = await measureLoad();
  print(machineText({ machine, load }));
  const chosen = scenarios.filter(({ name }) => options.only.length === 0 || options.only.includes(name));
  const values = new Map<FigureName, number[]>();
  const notes: string[] = [];
  const begun = performance.now();
  const neighbours = new Neighbours();
  // All scenarios once, then all again: what the machine does meanwhile hits every line alike.
  for (let run = 1; run <= options.runs && !signal.aborted; run += 1) {
    for (const scenario of chosen) {
      const runs = Math.min(options.runs, scenario.runs_max ?? options.runs);
      if (signal.aborted || run > runs) continue;
      say(`${seconds(begun)}  run ${run} of ${runs}  ${scenario.name}`);
      await runOnce(scenario, { options, dir, values, notes });
    }
  }
  if (signal.aborted) return exitCodes.failure;
  say(`${seconds(begun)}  done`);
  const summaries = summariesOf(values);
  const asked = new Set(chosen.flatMap(({ figures: names }) => names));
  const disturbed = { ...load, others: neighbours.share() };
  return report({ machine, load: disturbed, summaries, asked, notes }, { options, values });
}

interface Running {
  options: Options;
  dir: string;
  values: Map<FigureName, number[]>;
  notes: string[];
}

async function runOnce(scenario: Scenario, { options, dir, values, notes }: Running): Promise<void> {
  const profiles = join(resultsDir, 'profiles', scenario.name);
  const lab = new Lab({
    scale: options.scale,
    baseDir: dir,
    nodeArgs: (name) =>
      options.profile ? ['--cpu-prof', `--cpu-prof-dir=${freshFolder(join(profiles, name))}`] : [],
    onFigure: (figure, value) => values.set(figure, [...(values.get(figure) ?? []), value]),
    onNote: (text) => notes.push(text),
  });
  try {
    await scenario.run(lab);
  } finally {
    await lab.clear();
  }
  if (options.profile) printProfiles(profiles);
}

function report(
  results: Results,
  { options, values }: { options: Options; values: Map<FigureName, number[]> },
): number {
  const { notes, load } = results;
  const texts = [budgetTable(results), besideTable(results), notesText(notes), neighboursText(load)];
  print(`\n${texts.filter((text) => text !== '').join('\n')}`);
  const result = resultFile(results, { scale: options.scale, values });
  writeResult(result, options.json);
  if (options.keep) say(`kept in ${appendHistory(result)}`);
  return options.scale === 'quick' ? guardAll(results.summaries) : exitCodes.ok;
}

/** A run for people only tells; the guard's is the one that fails. */
function guardAll(summaries: Results['summaries']): number {
  const results = checkGuards(summaries);
  for (const { holds, text } of results) print(`${holds ? 'holds ' : 'BROKEN'}  ${text}`);
  return results.every(({ holds }) => holds) ? exitCodes.ok : exitCodes.failure;
}

function summariesOf(values: ReadonlyMap<FigureName, number[]>): Partial<Record<FigureName, Summary>> {
  const summaries: Partial<Record<FigureName, Summary>> = {};
  for (const [name, runs] of values) {
    const summary = summarize(runs);
    if (summary !== undefined) summaries[name] = summary;
  }
  return summaries;
}

function freshFolder(dir: string): string {
  rmSync(dir, { recursive: true, force: true });
  mkdirSync(dir, { recursive: true });
  return dir;
}

function printProfiles(dir: string): void {
  for (const name of readdirSync(dir)) print(`${name}\n${describeProfile(join(dir, name))}`);
}

function seconds(since: number): string {
  return `${((performance.now() - since) / 1_000).toFixed(0).padStart(4)} s`;
}

function print(text: string): number {
  process.stdout.write(`${text}\n`);
  return exitCodes.ok;
}

/** Progress is not data: it goes beside it. */
function say(text: string): void {
  process.stderr.write(`${text}\n`);
}
