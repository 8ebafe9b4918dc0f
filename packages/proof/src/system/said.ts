import type { Program } from './program.js';
import { until } from './until.js';

/** The last JSON line a component has said that holds a field. */
export function lastSaid(program: Program, field: string): Record<string, unknown> | undefined {
  for (let i = program.lines.length - 1; i >= 0; i -= 1) {
    const line = JSON.parse(program.lines[i]!) as Record<string, unknown>;
    if (field in line) return line;
  }
  return undefined;
}

/** Waits until a component says a number that has grown to `least`. */
export async function untilSaid(program: Program, field: string, least: number): Promise<void> {
  await until(
    `${program.name} to reach ${field} ${least}`,
    () => {
      if (Number(lastSaid(program, field)?.[field] ?? -1) >= least) return true;
      if (program.ending === undefined) return false;
      throw new Error(`${program.name} ended before ${field} reached ${least}: ${program.tail()}`);
    },
    { every_ms: 2, found: () => program.tail() },
  );
}

/** Waits for a component's report and its end, which must be in good order. */
export async function reportOf(program: Program): Promise<Record<string, unknown>> {
  const ending = await program.ended();
  const report = lastSaid(program, 'done');
  if (ending.code !== 0 || report === undefined) {
    throw new Error(`${program.name} ended with ${JSON.stringify(ending)}: ${program.tail()}`);
  }
  return report;
}
