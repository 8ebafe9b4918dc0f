import { join } from 'node:path';
import { UsageError } from '@bitten/runtime';
import { describeIssue } from '@bitten/schema';
import { openStore, type StoredDeadLetter } from '@bitten/storage/store';
import { storeFile } from '@bitten/vitals';
import type { CommandContext } from '../command.js';
import { resolveSettings } from '../settings.js';
import { renderTable } from '../show/table.js';
import { say, widthOf } from '../show/terminal.js';
import { formatTime } from '../time.js';
import { readSelection, type SelectOptions } from './select.js';

export interface ListOptions extends SelectOptions {
  all?: true;
  status?: string[];
  limit: string;
  json?: true;
}

const statuses = ['open', 'retried', 'corrected', 'discarded'];

/** Prints the newest dead letters of the store. */
export function listLetters(options: ListOptions, { program }: CommandContext): void {
  const wanted = readStatuses(options);
  const selection = readSelection(options);
  if (!/^[1-9]\d*$/.test(options.limit)) {
    throw new UsageError(`--limit: expected a number from 1 on, found ${options.limit}`);
  }
  const limit = Number(options.limit);
  const store = openStore({ file: join(resolveSettings(program).dataDir, storeFile), readonly: true });
  try {
    const query = { ...selection, ...(wanted === undefined ? {} : { statuses: wanted }) };
    const letters = store.deadLetters({ ...query, limit, payload_length_max: 0 });
    if (options.json) printJson(letters);
    else printTable(letters, wanted);
    if (letters.length === limit) say(`the newest ${limit}; there may be more: --limit`);
  } finally {
    store.close();
  }
}

function readStatuses({ all, status }: ListOptions): string[] | undefined {
  if (status === undefined) return all ? undefined : ['open'];
  const unknown = status.find((each) => !statuses.includes(each));
  if (unknown === undefined) return status;
  throw new UsageError(`--status: expected ${statuses.join(', ')}, found ${unknown}`);
}

/** Everything but the payloads, which `show` prints. */
function printJson(letters: readonly StoredDeadLetter[]): void {
  for (const letter of letters)
    process.stdout.write(`${JSON.stringify({ ...letter, payload: undefined })}\n`);
}

function printTable(letters: readonly StoredDeadLetter[], wanted: readonly string[] | undefined): void {
  if (letters.length === 0) {
    say(wanted === undefined ? 'no dead letters' : `no dead letters that are ${wanted.join(' or ')}`);
    return;
  }
  const now = Date.now() / 1000;
  const rows = letters.map((letter) => [
    letter.id,
    formatTime(letter.received_at, now),
    letter.event_type ?? '?',
    letter.source ?? '?',
    letter.status,
    describeWhy(letter),
  ]);
  const head = ['id', 'received', 'type', 'source', 'status', 'why'];
  const width = widthOf(process.stdout);
  process.stdout.write(`${renderTable({ head, rows, width, right: ['id'], flexible: ['why'] })}\n`);
}

function describeWhy({ issues }: StoredDeadLetter): string {
  const [first] = issues;
  if (first === undefined) return '';
  return issues.length === 1 ? describeIssue(first) : `${describeIssue(first)} (+${issues.length - 1})`;
}
