import { setTimeout as sleep } from 'node:timers/promises';
import type { EventBridge } from '@bitten/bridge';
import { now_ms } from './clock.js';
import type { ClientResult, ClientTask } from './messages.js';
import { createTraffic } from './traffic.js';

/** Others get a turn after so many: a component that publishes without pause still has an event loop. */
const burst = 256;

interface Moments {
  /** Says that everything up to the first event is done. */
  ready: () => void;
  begun: Promise<void>;
}

/** Publishes its events, keeps so many of them under way, and takes the time of each receipt. */
export async function runClient(
  bridge: EventBridge,
  task: ClientTask,
  { ready, begun }: Moments,
): Promise<ClientResult> {
  const traffic = createTraffic(task);
  // The connection is no part of what is measured.
  await bridge.flush();
  ready();
  await begun;
  const flight = new Flight(task.count);
  const begun_ms = now_ms();
  for (let sent = 0; sent < task.count; ) {
    const due = dueBy(task, now_ms() - begun_ms);
    const end = Math.min(task.count, sent + burst, due, flight.settled + task.batch);
    for (; sent < end; sent += 1) flight.follow(sent, bridge.publish(traffic.next()));
    if (sent >= task.count) break;
    if (sent >= due) await sleep(1);
    else if (sent - flight.settled >= task.batch) await flight.next();
    else await new Promise(setImmediate);
  }
  await flight.all();
  const { receipts_us, failed, why, last_seq, ended_ms } = flight;
  return {
    role: 'client',
    begun_ms,
    ended_ms,
    last_seq,
    bytes_mean: traffic.bytes_mean,
    receipts_us,
    failed,
    why,
  };
}

function dueBy({ rate_per_s, count }: ClientTask, elapsed_ms: number): number {
  return rate_per_s === null ? count : Math.floor((elapsed_ms * rate_per_s) / 1000) + 1;
}

/** The events under way. */
class Flight {
  readonly receipts_us: Uint32Array;
  settled = 0;
  failed = 0;
  why: string | null = null;
  last_seq = 0;
  ended_ms = 0;
  #onSettled: (() => void) | undefined;

  constructor(count: number) {
    this.receipts_us = new Uint32Array(count);
  }

  follow(nth: number, receipt: Promise<{ seq: number | null }>): void {
    const called_ms = now_ms();
    receipt
      .then(
        ({ seq }) => {
          this.last_seq = Math.max(this.last_seq, seq ?? 0);
        },
        (error: unknown) => {
          this.failed += 1;
          this.why ??= error instanceof Error ? error.message : String(error);
        },
      )
      .then(() => {
        this.ended_ms = now_ms();
        this.receipts_us[nth] = (this.ended_ms - called_ms) * 1000;
        this.settled += 1;
        this.#onSettled?.();
      });
  }

  /** Until one more has its receipt. */
  next(): Promise<void> {
    return new Promise((resolve) => {
      this.#onSettled = resolve;
    });
  }

  async all(): Promise<void> {
    while (this.settled < this.receipts_us.length) await this.next();
  }
}
