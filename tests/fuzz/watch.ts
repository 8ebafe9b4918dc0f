import { spawn } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Outcome, Task } from './child.js';
import { inputOf } from './run-case.js';
import type { Target } from './target.js';

const child = fileURLToPath(new URL('child.js', import.meta.url));
/** No single input may keep a decoder busy for so long, on the slowest machine. */
const hang_ms = 20_000;
/** A decoder that makes more out of an input than this ends by itself. */
const heap_mib = 512;

interface Watched {
  target: Target;
  seed: number;
  from: number;
  time_ms: number;
}

/** Runs cases of one decoder in a process of its own; its death and its standing still are failures like others. */
export async function watch({ target, seed, from, time_ms }: Watched): Promise<Outcome> {
  const progress = join(tmpdir(), `bitten-fuzz-${process.pid}-${target.name}`);
  const task: Task = { target: target.name, seed, from, time_ms, progress };
  const running = spawn(process.execPath, [`--max-old-space-size=${heap_mib}`, child, JSON.stringify(task)], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  let complaint = '';
  running.stdout.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  running.stderr.on('data', (chunk: Buffer) => {
    complaint = (complaint + chunk.toString()).slice(-2_000);
  });
  let seen = -1;
  let isHung = false;
  const watchdog = setInterval(() => {
    const index = indexIn(progress);
    isHung = index === seen && index !== -1;
    if (isHung) running.kill('SIGKILL');
    seen = index;
  }, hang_ms);
  const [code, signal] = await new Promise<[number | null, string | null]>((resolve) => {
    running.once('close', (...ending) => resolve(ending));
  });
  clearInterval(watchdog);
  const index = Math.max(indexIn(progress), from);
  rmSync(progress, { force: true });
  if (code === 0) return JSON.parse(said) as Outcome;
  const why = isHung
    ? `stands still for more than ${hang_ms} ms`
    : `ends its process, code ${code}, signal ${signal}: ${complaint}`;
  const input = inputOf(target, { seed, index }).toString('base64');
  const failure = { target: target.name, seed, index, why, input };
  return { ran: index - from + 1, next: index + 1, failure, rss_bytes: 0 };
}

function indexIn(file: string): number {
  try {
    return readFileSync(file).readDoubleLE(0);
  } catch {
    return -1;
  }
}
