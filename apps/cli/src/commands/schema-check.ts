import { once } from 'node:events';
import { UsageError } from '@bitten/runtime';
import { createStandardCatalogue, describeIssue } from '@bitten/schema';
import type { Piece } from '../check-file/cut.js';
import type { Verdict } from '../check-file/judge.js';
import { type CheckCounts, checkFile } from '../check-file/run.js';
import type { CommandContext } from '../command.js';
import { harmless, say } from '../show/terminal.js';

export interface SchemaCheckOptions {
  type?: string;
  aliases?: true;
  json?: true;
}

/** Says what the bus would refuse of a file, line by line, and counts. */
export async function checkSchema(
  file: string,
  { type, aliases, json }: SchemaCheckOptions,
  { signal, exitWith }: Pick<CommandContext, 'signal' | 'exitWith'>,
): Promise<void> {
  const counts = await checkFile(file, {
    catalogue: createStandardCatalogue(),
    type,
    aliases: aliases === true,
    now: Date.now() / 1000,
    onInvalid: (piece, verdict) => print(json ? asJson(piece, verdict) : describe(piece, verdict)),
    signal,
  });
  if (counts.valid + counts.invalid === 0) {
    throw new UsageError(`${file} holds nothing to check`, 'name a file of events: one JSON object a line');
  }
  for (const line of summarize(counts)) say(line);
  if (counts.invalid > 0) exitWith(1);
}

function describe({ line, item }: Piece, { issues }: Verdict): string {
  const where = item === undefined ? `line ${line}` : `line ${line}, item ${item}`;
  return issues.map((issue) => `${where}: ${harmless(describeIssue(issue))}\n`).join('');
}

function asJson({ line, item }: Piece, { event_type, issues }: Verdict): string {
  return `${JSON.stringify({ line, item, event_type, issues })}\n`;
}

/** Waits where nobody reads as fast as we write: a file may be larger than memory, and all of it invalid. */
async function print(text: string): Promise<void> {
  if (!process.stdout.write(text)) await once(process.stdout, 'drain');
}

const shown_max = 5;

function summarize({ valid, invalid, withoutRules }: CheckCounts): string[] {
  const lines = [`${valid + invalid} checked: ${valid} valid, ${invalid} invalid`];
  if (withoutRules.size === 0) return lines;
  const most = [...withoutRules].sort(([, a], [, b]) => b - a);
  const shown = most.slice(0, shown_max).map(([type, count]) => `${harmless(type)} (${count})`);
  const more = most.length > shown_max ? `, and ${most.length - shown_max} more` : '';
  return [...lines, `checked by the envelope alone, no rules are known of: ${shown.join(', ')}${more}`];
}
