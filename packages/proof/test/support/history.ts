import { appendFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Envelope } from '@bitten/schema';
import { openLog } from '@bitten/storage/log';
import { type DeadLetter, openStore } from '@bitten/storage/store';
import Database from 'better-sqlite3';
import { onTestFinished } from 'vitest';
import type { Evidence } from '../../src/check/check.js';
import type { Life } from '../../src/load/load.js';
import { invalidEvent, type NumberedEvent, numberedEvents } from '../../src/load/numbered.js';

/** Who published what: life and number. */
export type Entry = readonly [run: number, n: number];

export interface History {
  /** What the log holds, in this order. */
  logged: readonly Entry[];
  /** What the store holds; default: the same. */
  stored?: readonly Entry[];
  /** What a subscriber wrote down, by seq; default: all of it. */
  seen?: readonly number[];
  /** The receipts, as [run, n, seq]; default: true ones. */
  receipts?: ReadonlyArray<readonly [number, number, number]>;
  /** Up to where each life's spool held its events, by run. */
  kept?: readonly number[];
  /** Invalid events: those acknowledged and those stored. */
  refused?: readonly number[];
  deadLetters?: readonly number[];
  /** What becomes of each event on its way to log and store; default: nothing. */
  altered?: (event: NumberedEvent) => object;
  /** Of the log; default: all in one. */
  segmentBytesMax?: number;
  /** What is done to the store afterwards. */
  sql?: string;
}

const seed = 'history';
const padding_max = 50;
const appendedAt = 1_757_957_318;

/** Makes the files of a system that has had such a history, with the log and the store that people use. */
export function evidenceOf(history: History): Evidence {
  const dir = mkdtempSync(join(tmpdir(), 'bitten-check-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  const dataDir = join(dir, 'data');
  mkdirSync(dataDir);
  const { logged, stored = logged, altered = (event) => event } = history;
  const eventOf = numberedEvents(seed, padding_max);
  const textOf = ([run, n]: Entry): string => JSON.stringify(altered(eventOf(run, n)));
  const { segmentBytesMax = 2 ** 20 } = history;
  const log = openLog({ dir: join(dataDir, 'log'), durability: 'none', segmentBytesMax });
  for (const [index, entry] of logged.entries()) {
    log.stage({
      producer: `life-${entry[0]}`,
      producerSeq: index + 1,
      count: 1,
      appendedAt,
      body: Buffer.from(textOf(entry)),
    });
    log.commit();
  }
  log.close();
  const store = openStore({ file: join(dataDir, 'bitten_events.db') });
  store.bind(log.id);
  const items = stored.map((entry, index) => {
    const text = textOf(entry);
    return { seq: index + 1, appendedAt, text, event: JSON.parse(text) as Envelope };
  });
  store.applyEvents({ from: 1, next: items.length + 1, items });
  const letters = (history.deadLetters ?? []).map((bad, index) => deadLetter(index + 1, bad));
  store.applyDeadLetters({ from: 1, next: letters.length + 1, items: letters });
  store.close();
  if (history.sql !== undefined) edit(join(dataDir, 'bitten_events.db'), history.sql);
  return { dataDir, seed, padding_max, ...notes(dir, history) };
}

/** Throws where nothing comes of it: a case that changes nothing would show nothing. */
function edit(file: string, sql: string): void {
  const db = new Database(file);
  try {
    if (db.prepare(sql).run().changes === 0) throw new Error(`nothing is changed by ${sql}`);
  } finally {
    db.close();
  }
}

function deadLetter(seq: number, bad: number): DeadLetter & { seq: number; appendedAt: number } {
  const issues = [
    { path: 'data.direction', code: 'choice' as const, found: '"SIDEWAYS"', expected: 'BUY or SELL' },
  ];
  const payload = JSON.stringify(invalidEvent(0, bad));
  const from = { door: '5572' as const, producer: 'life-0', producer_seq: bad };
  const about = { event_type: 'signal_generated', source: 'proof', encoding: 'utf8' as const };
  return { seq, appendedAt, received_at: appendedAt, ...from, ...about, payload, issues };
}

/** What publishers and subscriber have written down. */
function notes(dir: string, history: History): Pick<Evidence, 'lives' | 'watches'> {
  const { logged, kept = [], refused = [] } = history;
  const trueReceipts = logged.map(([run, n], index) => [run, n, index + 1] as const);
  const runs = [...new Set(logged.map(([run]) => run))];
  const lives = runs.map((run): Life => {
    const file = (what: string): string => join(dir, `${what}-${run}`);
    return {
      run,
      kind: 'receipts',
      ackFile: file('acks'),
      keptFile: file('kept'),
      refusedFile: file('refused'),
    };
  });
  for (const [run, n, seq] of history.receipts ?? trueReceipts)
    appendFileSync(lives[run]!.ackFile, `${n} ${seq}\n`);
  for (const [run, n] of kept.entries()) appendFileSync(lives[run]!.keptFile, `${n} spooled\n`);
  for (const bad of refused) appendFileSync(lives[0]!.refusedFile, `${bad}\n`);
  const seenFile = join(dir, 'seen');
  for (const seq of history.seen ?? logged.map((_, index) => index + 1)) {
    const [run, n] = logged[seq - 1]!;
    appendFileSync(seenFile, `${seq} ${run} ${n}\n`);
  }
  return { lives, watches: [{ seenFile }] };
}
