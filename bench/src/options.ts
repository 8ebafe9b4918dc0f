import { tmpdir } from 'node:os';
import { parseArgs } from 'node:util';
import { UsageError } from '@bitten/runtime';
import type { Scale } from './scenario.js';
import { scenarios } from './scenarios/index.js';

export interface Options {
  scale: Scale;
  /** Names of scenarios; all where empty. */
  only: string[];
  runs: number;
  json: string | undefined;
  dir: string;
  profile: boolean;
  keep: boolean;
  request: 'run' | 'list' | 'help';
}

const runs_default: Record<Scale, number> = { quick: 1, usual: 3, full: 5 };

export const help = `pnpm bench [options]

Measures the budget and prints it: must, measured, ratio, met or not.

  --quick          under a minute, one run; asserts generous ratios only, exit code 1 where one breaks
  --full           the sizes of the budget itself: a log of 10 GB, a store of 10M events
  --only NAME…     only these scenarios; may be repeated, or names with commas
  --runs N         runs of each scenario; default 3, with --quick 1, with --full 5
  --json FILE      the result as JSON there too; it is always in bench/results/latest.json
  --record         append the medians to bench/results/history.jsonl
  --dir DIR        where data is written; default the system's folder for temporary files
  --profile        write CPU profiles of every process, and print where each spends its time
  --list           the scenarios and their questions
  --help           this
`;

/** Throws `UsageError`. */
export function readOptions(argv: readonly string[]): Options {
  // pnpm hands on the `--` that separates its own options.
  const { values, positionals } = parse(argv.filter((arg) => arg !== '--'));
  if (values.quick && values.full) throw new UsageError('--quick and --full exclude each other');
  const scale = values.quick ? 'quick' : values.full ? 'full' : 'usual';
  const only = namesOf([...(values.only ?? []), ...positionals]);
  if (positionals.length > 0 && values.only === undefined) {
    throw new UsageError(`${positionals[0]} is no option; scenarios are named after --only`);
  }
  return {
    scale,
    only,
    runs: values.runs === undefined ? runs_default[scale] : runsOf(values.runs),
    json: values.json,
    dir: values.dir ?? tmpdir(),
    profile: values.profile ?? false,
    keep: values.record ?? false,
    request: values.help ? 'help' : values.list ? 'list' : 'run',
  };
}

function parse(args: string[]) {
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: {
        quick: { type: 'boolean' },
        full: { type: 'boolean' },
        only: { type: 'string', multiple: true },
        runs: { type: 'string' },
        json: { type: 'string' },
        record: { type: 'boolean' },
        dir: { type: 'string' },
        profile: { type: 'boolean' },
        list: { type: 'boolean' },
        help: { type: 'boolean' },
      },
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function namesOf(given: readonly string[]): string[] {
  const names = given.flatMap((text) => text.split(',')).filter((name) => name !== '');
  for (const name of names) {
    if (scenarios.some((scenario) => scenario.name === name)) continue;
    const known = scenarios.map((scenario) => scenario.name).join(', ');
    throw new UsageError(`there is no scenario ${name}; there are ${known}`);
  }
  return names;
}

function runsOf(text: string): number {
  const runs = Number(text);
  if (!Number.isInteger(runs) || runs < 1 || runs > 100) throw new UsageError('--runs is 1 to 100');
  return runs;
}
