import { availableParallelism } from 'node:os';
import { amount, count } from '../show/amount.js';
import { csvRow } from '../show/csv.js';
import { renderTable } from '../show/table.js';
import { type Colors, harmless } from '../show/terminal.js';
import type { Quantiles } from './quantiles.js';
import type { BenchResult } from './run.js';

export interface BenchPlace {
  live: boolean;
  dir: string;
  /** What is to be known of the disk: `is in memory (tmpfs): …`. */
  notes: readonly string[];
}

/** The result for people: how much, how long, and what that says. */
export function describeBench(
  result: BenchResult,
  place: BenchPlace,
  look: { colors: Colors; width: number },
): string {
  const { colors, width } = look;
  const parts = [
    headOf(result, place),
    renderTable({ head: ['', 'events/s', ''], rows: ratesOf(result), width, right: ['events/s'] }),
    renderTable({
      head: ['', 'p50', 'p99', 'max', ''],
      rows: timesOf(result),
      width,
      right: ['p50', 'p99', 'max'],
    }),
    [...wordsOf(result, place), ...place.notes].map(harmless).join('\n'),
  ];
  if (result.failed > 0) {
    parts.push(colors.red(`${count(result.failed, 'event')} got no receipt: ${harmless(result.why ?? '')}`));
  }
  return `${parts.join('\n\n')}\n`;
}

function headOf(
  { msgs, type, bytes_mean, clients, subscribers, rate_per_s }: BenchResult,
  { live, dir }: BenchPlace,
): string {
  const rate = rate_per_s === null ? 'as fast as it goes' : `at ${amount(rate_per_s)} a second`;
  const where = live ? 'the bus that runs' : `a bus and a collector of their own in ${dir}`;
  return `${amount(msgs)} events (${type}, ${bytes_mean} bytes in the mean) ${rate}, ${count(clients, 'client')}, ${count(subscribers, 'subscriber')}
${where}, ${count(availableParallelism(), 'processor')}`;
}

function ratesOf({
  acked_per_s,
  acked_s,
  delivered_s,
  stored_per_s,
  stored_s,
  msgs,
}: BenchResult): string[][] {
  const whole = (number: number) => amount(Math.round(number));
  const rows = [['acknowledged', whole(acked_per_s), `the last receipt after ${seconds(acked_s)}`]];
  if (delivered_s !== null) {
    rows.push([
      'delivered',
      whole(msgs / delivered_s),
      `each subscriber had all after ${seconds(delivered_s)}`,
    ]);
  }
  if (stored_per_s !== null && stored_s !== null) {
    rows.push(['stored', whole(stored_per_s), `the last row was there after ${seconds(stored_s)}`]);
  }
  return rows;
}

function timesOf({ receipts, live }: BenchResult): string[][] {
  const row = (name: string, { p50_ms, p99_ms, max_ms }: Quantiles, text: string) => [
    name,
    milliseconds(p50_ms),
    milliseconds(p99_ms),
    milliseconds(max_ms),
    text,
  ];
  const rows = [row('receipt', receipts, 'from publish() to the receipt')];
  if (live !== null) rows.push(row('live', live, "from publish() to the subscriber's handler"));
  return rows;
}

/** What the figures say, and what they do not. */
function wordsOf({ batch, rate_per_s, stored_s }: BenchResult, { live }: BenchPlace): string[] {
  const words = ['An event is acknowledged when it is fsynced, on the disk of that folder.'];
  if (rate_per_s === null && batch > 1) {
    words.push(
      `At full speed, with up to ${amount(batch)} events of a client under way, the times say how long the queue is.`,
      'For how long one event takes: --rate 1000, or --batch 1.',
    );
  }
  if (stored_s === null)
    words.push(
      'What was stored was not measured: there is no store to be seen, or it did not come that far.',
    );
  words.push(
    live
      ? 'Others were using the bus meanwhile, and its events stay in the log.'
      : 'Clients, subscribers, bus and collector shared the processors of this machine.',
  );
  return words;
}

function seconds(s: number): string {
  return `${s.toFixed(s < 10 ? 2 : 1)} s`;
}

function milliseconds(ms: number): string {
  return `${ms < 10 ? ms.toFixed(2) : ms.toFixed(1)} ms`;
}

/** A header and one line, to be put below those of other runs. */
export function benchCsv(result: BenchResult): string {
  const { receipts, live, ...rest } = result;
  const { why: _, ...figures } = rest;
  const row: Record<string, unknown> = {
    ...figures,
    ...prefixed('receipt', receipts),
    ...prefixed('live', live ?? { p50_ms: null, p99_ms: null, max_ms: null }),
  };
  return `${csvRow(Object.keys(row))}\n${csvRow(Object.values(row))}\n`;
}

function prefixed(name: string, values: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [`${name}_${key}`, value]));
}
