import { existsSync, readFileSync, statSync } from 'node:fs';
import type { Program } from './program.js';
import { until } from './until.js';

/** A file of lines that a program may have been killed while writing: a last line without its end does not count. */
function wholeLines(file: string): string[] {
  if (!existsSync(file)) return [];
  const text = readFileSync(file, 'utf8');
  return text
    .slice(0, text.lastIndexOf('\n') + 1)
    .split('\n')
    .slice(0, -1);
}

/** A file of one number a line. */
export function readNumbers(file: string): number[] {
  return wholeLines(file).map(Number);
}

/** What a publisher has been promised: its own number, and the event's place. */
export interface Acked {
  n: number;
  /** null where the bus had stored the event but no longer knew where. */
  seq: number | null;
}

export function readAcks(file: string): Acked[] {
  return wholeLines(file).map((line) => {
    const [n, seq] = line.split(' ');
    return { n: Number(n), seq: seq === 'null' ? null : Number(seq) };
  });
}

/** Waits until a file of lines has at least so many; asks for its size only, so that polling stays cheap. */
export async function untilLines(file: string, count: number): Promise<void> {
  let bytes = -1;
  let lines = 0;
  await until(
    `${count} lines in ${file}`,
    () => {
      const size = existsSync(file) ? statSync(file).size : 0;
      if (size !== bytes) lines = wholeLines(file).length;
      bytes = size;
      return lines >= count;
    },
    { found: () => `${lines} lines` },
  );
}

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
