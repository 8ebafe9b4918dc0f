import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Alert } from '@bitten/alerts';
import { onTestFinished } from 'vitest';
import { AlertBook } from '../../src/book/alert-book.js';
import type { Checkpoint, Route } from '../../src/book/types.js';
import type { Timers } from '../../src/dispatch/timers.js';

/** An alert; each number is one of its own. */
export function alertOf(n: number, more: Partial<Alert> = {}): Alert {
  const { rule = 'rule', key = '', state = 'happened' } = more;
  return {
    id: `${rule}/${key}/${state}/${n}`,
    rule,
    severity: 'warning',
    state,
    key,
    message: `message ${n}`,
    at: 1_000 + n,
    since: 1_000 + n,
    value: n,
    seq: n,
    correlation_id: null,
    suppressed: 0,
    ...more,
  };
}

export function checkpointAt(next: number): Checkpoint {
  return { log_id: 'log', next, engine: { version: 1, rules: {} } };
}

/** A folder of its own, removed after the test. */
export function tempFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'bitten-notify-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A clock that stands still until it is moved, and the timers that go by it. */
export class SimulatedTime implements Timers {
  #now = 1_000_000;
  #timers: Array<{ at: number; run: () => void }> = [];

  readonly now = (): number => this.#now;
  readonly random = (): number => 0.5;

  readonly startTimer = (run: () => void, delay_ms: number): (() => void) => {
    const timer = { at: this.#now + delay_ms / 1000, run };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  };

  /** Lets so many seconds pass, each timer at its time, and what it sets off to its end. */
  async pass(seconds: number): Promise<void> {
    const end = this.#now + seconds;
    await settle();
    for (;;) {
      const [next] = this.#timers.sort((a, b) => a.at - b.at);
      if (next === undefined || next.at > end) break;
      this.#now = Math.max(this.#now, next.at);
      this.#timers.shift();
      next.run();
      await settle();
    }
    this.#now = end;
  }
}

/** Until nothing is left that goes on by itself. */
async function settle(): Promise<void> {
  for (let i = 0; i < 20; i += 1) await new Promise((resolve) => setImmediate(resolve));
}

/** A book on a simulated clock. */
export function openBook(time: SimulatedTime, dataDir = tempFolder()): AlertBook {
  const book = new AlertBook({ dataDir, clock: time.now });
  onTestFinished(() => {
    try {
      book.close();
    } catch {
      // The test has closed it.
    }
  });
  return book;
}

/** One channel, without waiting for others of the group. */
export const toHook: Route[] = [{ channel: 'hook', group_key: 'g', wait_s: 0 }];

export function record(book: AlertBook, alerts: readonly Alert[], routes: readonly Route[] = toHook): number {
  return book.commit({ checkpoint: checkpointAt(1), alerts, routesOf: () => routes });
}
