import type { Ending, Program } from '@bitten/proof';
import type { LogReport } from '@bitten/storage/log';
import type { StoreReport } from '@bitten/storage/store';
import { programs } from './places.js';
import type { System } from './system.js';

/** What `bitten verify --json` says. */
export interface Verified {
  sound: boolean;
  log: LogReport | null;
  dead_letters: LogReport | null;
  cursors: string[] | null;
  spools: Array<{ name: string; waiting: number; why: string | null }>;
  store: StoreReport | null;
  problems: string[];
  notes: string[];
}

/** `bitten verify`, to its end. */
export async function runVerify(
  system: System,
  ...args: string[]
): Promise<{ ending: Ending; result: Verified }> {
  const cli = system.run('bitten verify', programs.cli, { args: ['verify', '--json', ...args] });
  const ending = await cli.ended();
  if (cli.lines[0] === undefined) throw new Error(`bitten verify said nothing: ${cli.tail()}`);
  return { ending, result: JSON.parse(cli.lines[0]) as Verified };
}

/** What `bitten rebuild --json` says. */
export interface Rebuilt {
  events: number;
  dead_letters: number;
  carried: { events: number; dead_letters: number };
  lost: Array<{ log: string; from: number; to: number }>;
  oldTrouble: string | null;
  kept: string | null;
  by: 'rebuild' | 'collector';
}

/** `bitten rebuild`, begun. */
export function startRebuild(system: System, ...args: string[]): Program {
  return system.run('bitten rebuild', programs.cli, { args: ['rebuild', '--json', ...args] });
}

/** What it says when it has succeeded. */
export async function rebuiltOf(program: Program): Promise<Rebuilt> {
  const ending = await program.ended();
  if (ending.code !== 0 || program.lines[0] === undefined) {
    throw new Error(`bitten rebuild ended with ${JSON.stringify(ending)}: ${program.tail()}`);
  }
  return JSON.parse(program.lines[0]) as Rebuilt;
}
