import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { describeError } from '@bitten/runtime';
import { LogInspector, type LogRecord, type LogReport } from '@bitten/storage/log';
import {
  deadLettersOfRecords,
  eventsOfRecords,
  type RangeSum,
  StoreInspector,
  type StoreReport,
} from '@bitten/storage/store';
import { storeFile } from '@bitten/vitals';
import { listSpools, type NamedCursor, readNamedCursors } from './folder.js';
import { stretchesOf } from './stretches.js';

interface SpoolReport {
  name: string;
  dir: string;
  /** Events that wait in it. */
  waiting: number;
  report: LogReport | null;
  /** Why it could not be read. */
  why: string | null;
}

/** All that is known of a data folder. */
export interface Verification {
  folder: string;
  log: LogReport | null;
  dead_letters: LogReport | null;
  /** What is wrong with `cursors.json`; empty where nothing is, null where nobody looked. */
  cursors: string[] | null;
  spools: SpoolReport[];
  store: StoreReport | null;
  /** Why something that should be there could not be looked at at all. */
  problems: string[];
  /** What is worth knowing, and no damage. */
  notes: string[];
}

export interface ExamineOptions {
  dataDir: string;
  /** Which of the two to look at. */
  log: boolean;
  store: boolean;
  signal: AbortSignal;
  onStep: (step: string) => void;
  /** Hears how many events of the log at hand have been read. */
  onProgress: (events: number) => void;
  /** Hears of each range of the log that was held against the store. */
  onRange?: (sum: RangeSum) => void;
}

/** Looks at a data folder without changing anything in it. */
export async function examine(options: ExamineOptions): Promise<Verification> {
  const { dataDir } = options;
  const verification: Verification = {
    folder: dataDir,
    log: null,
    dead_letters: null,
    cursors: options.log ? [] : null,
    spools: [],
    store: null,
    problems: [],
    notes: [],
  };
  // The store's position is read before the log's end: the other way round a running collector would seem ahead.
  const store = options.store ? openStore(join(dataDir, storeFile), verification) : null;
  try {
    if (store !== null) {
      options.onStep('the store by itself');
      await nextTurn();
      store.checkFile();
    }
    // The same holds for the cursors.
    const cursors = options.log ? readCursors(dataDir, verification) : [];
    await readLogs(options, store, verification);
    if (options.log) {
      checkCursors(cursors, verification);
      await readSpools(options, verification);
    }
    if (store !== null) {
      const firsts = {
        events: verification.log?.first ?? 0,
        dead_letters: verification.dead_letters?.first ?? 0,
      };
      verification.store = store.finish(firsts);
      noteAhead(verification);
    }
    return verification;
  } finally {
    store?.close();
  }
}

function openStore(file: string, { notes, problems }: Verification): StoreInspector | null {
  if (!existsSync(file)) {
    notes.push(`there is no store at ${file}: the collector makes it from the log`);
    return null;
  }
  try {
    return new StoreInspector(file);
  } catch (error) {
    problems.push(`${file} cannot be opened: ${describeError(error)}`);
    return null;
  }
}

const logs = [
  { name: 'events', folder: 'log' },
  { name: 'dead_letters', folder: 'dead-letters' },
] as const;

async function readLogs(
  options: ExamineOptions,
  store: StoreInspector | null,
  verification: Verification,
): Promise<void> {
  for (const { name, folder } of logs) {
    const dir = join(options.dataDir, folder);
    options.onStep(folder);
    if (!existsSync(dir)) {
      verification.problems.push(`there is no ${folder} folder in ${options.dataDir}`);
      continue;
    }
    const inspector = new LogInspector({ dir });
    // Dead letters have an id of their own; the store is bound to that of the events.
    const isOurs = store !== null && (name !== 'events' || store.checkIdentity(inspector.report.id));
    const isForeign = store?.report.findings.some(({ kind }) => kind === 'foreign') === true;
    await readLog(options, { name, inspector, store: isOurs && !isForeign ? store : null });
    if (!isForeign) store?.checkPosition(name, inspector.report.next);
    verification[name === 'events' ? 'log' : 'dead_letters'] = inspector.report;
  }
}

interface Reading {
  name: 'events' | 'dead_letters';
  inspector: LogInspector;
  store: StoreInspector | null;
}

async function readLog(options: ExamineOptions, { name, inspector, store }: Reading): Promise<void> {
  for (const page of inspector.pages()) {
    if (store !== null) compare(options, { name, store, page });
    options.onProgress(inspector.report.events);
    // Everything here is synchronous: Ctrl-C and the progress get their turn between two pages.
    await nextTurn();
    options.signal.throwIfAborted();
  }
}

function compare(
  { onRange }: ExamineOptions,
  { name, store, page }: { name: Reading['name']; store: StoreInspector; page: LogRecord[] },
): void {
  for (const { from, to, records } of stretchesOf(page, store.cursor(name))) {
    const before = <Item extends { seq: number }>(items: Item[]) => items.filter(({ seq }) => seq < to);
    const sum =
      name === 'events'
        ? store.compareEvents({ from, to, items: before(eventsOfRecords(records)) })
        : store.compareDeadLetters({ from, to, items: before(deadLettersOfRecords(records)) });
    if (sum !== null) onRange?.(sum);
  }
}

/** As the file says. What is wrong with it goes into the verification. */
function readCursors(dataDir: string, verification: Verification): NamedCursor[] {
  const file = join(dataDir, 'log', 'cursors.json');
  try {
    return readNamedCursors(file);
  } catch (error) {
    verification.cursors?.push(`${file} is no list of cursors: ${describeError(error)}`);
    return [];
  }
}

/** A cursor past the log's end shows that the log has lost what was once acknowledged, as the store's does. */
function checkCursors(cursors: readonly NamedCursor[], verification: Verification): void {
  for (const { name, log, next } of cursors) {
    const end = verification[log === 'events' ? 'log' : 'dead_letters']?.next;
    if (end === undefined || next <= end) continue;
    verification.cursors?.push(`the cursor ${name} stands at ${next}, and the log ends at ${end}`);
  }
}

async function readSpools(options: ExamineOptions, verification: Verification): Promise<void> {
  options.onStep('spools');
  for (const { name, dir } of listSpools(join(options.dataDir, 'spool'))) {
    try {
      const inspector = new LogInspector({ dir });
      await readLog(options, { name: 'events', inspector, store: null });
      const { report } = inspector;
      verification.spools.push({ name, dir, waiting: report.events, report, why: null });
    } catch (error) {
      options.signal.throwIfAborted();
      // A bridge that has delivered everything removes its spool at any time.
      if (!existsSync(dir)) continue;
      verification.spools.push({ name, dir, waiting: 0, report: null, why: describeError(error) });
    }
  }
}

function noteAhead({ log, store, notes }: Verification): void {
  const [end, cursor] = [log?.next, store?.cursors?.events];
  if (end === undefined || cursor === undefined || cursor >= end) return;
  notes.push(
    `${end - cursor} events of the log were not in the store when this began: the collector stores them`,
  );
}

/** Whether anything is damaged. */
export function isSound({ log, dead_letters, cursors, spools, store, problems }: Verification): boolean {
  const findings = [log, dead_letters, store, ...spools.map(({ report }) => report)].flatMap(
    (report): readonly unknown[] => report?.findings ?? [],
  );
  const others = [...problems, ...(cursors ?? []), ...spools.filter(({ why }) => why !== null)];
  return findings.length === 0 && others.length === 0;
}
