import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { UsageError } from '@bitten/runtime';
import { type Cutter, makeCutter, type Piece } from './cut.js';
import { formOf } from './form.js';
import { type JudgeOptions, judge, type Verdict } from './judge.js';

const read_bytes = 256 * 1024;
/** So much of the beginning tells how a file holds its values. */
const head_bytes = 64 * 1024;

export interface CheckCounts {
  valid: number;
  invalid: number;
  /** Types that no rule is known of, with how many events have them: they pass on the envelope alone. */
  withoutRules: Map<string, number>;
}

export interface CheckOptions extends JudgeOptions {
  /** Hears of each invalid value; its promise is waited for before more is read. */
  onInvalid: (piece: Piece, verdict: Verdict) => Promise<void>;
  signal: AbortSignal;
}

/** Checks a file, or standard input (`-`), value by value. Throws `UsageError` where it cannot be read. */
export async function checkFile(file: string, options: CheckOptions): Promise<CheckCounts> {
  const counts: CheckCounts = { valid: 0, invalid: 0, withoutRules: new Map() };
  let cutter: Cutter | undefined;
  let head: Buffer = Buffer.alloc(0);
  const feed = async (pieces: readonly Piece[]) => {
    for (const piece of pieces) await checkPiece(piece, counts, options);
  };
  for await (const chunk of await openFile(file)) {
    if (options.signal.aborted) return counts;
    if (cutter !== undefined) await feed(cutter.push(chunk));
    else {
      head = Buffer.concat([head, chunk]);
      if (head.length < head_bytes) continue;
      cutter = makeCutter(formOf(headText(head)));
      await feed(cutter.push(head));
    }
  }
  if (cutter === undefined) {
    cutter = makeCutter(formOf(headText(head)));
    await feed(cutter.push(head));
  }
  await feed(cutter.end());
  return counts;
}

function headText(head: Buffer): string {
  return head.toString('utf8', 0, Math.min(head.length, head_bytes));
}

async function openFile(file: string): Promise<AsyncIterable<Buffer>> {
  if (file === '-') return process.stdin;
  try {
    const handle = await open(file);
    return createReadStream(file, { fd: handle, highWaterMark: read_bytes });
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new UsageError(`${file} cannot be read (${why})`, 'name a file, or - for standard input');
  }
}

async function checkPiece(piece: Piece, counts: CheckCounts, options: CheckOptions): Promise<void> {
  const verdict = judge(piece, options);
  const { event_type, issues } = verdict;
  if (issues.length > 0) {
    counts.invalid += 1;
    await options.onInvalid(piece, verdict);
    return;
  }
  counts.valid += 1;
  if (event_type === null || options.catalogue.get(event_type) !== undefined) return;
  const known = counts.withoutRules.get(event_type);
  if (known !== undefined || counts.withoutRules.size < types_max) {
    counts.withoutRules.set(event_type, (known ?? 0) + 1);
  }
}

/** A file may invent a type for each line. */
const types_max = 1_000;
