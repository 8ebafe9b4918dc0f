import { join } from 'node:path';
import { createStandardCatalogue } from '@bitten/schema';
import { LogUnavailableError, MemoryLog } from '@bitten/storage/log';
import { Admission } from '../../src/admission.js';
import { Anonymous, type EventsLostError } from '../../src/anonymous.js';
import type { Batch } from '../../src/batch.js';
import { Broadcast } from '../../src/broadcast.js';
import { Counters } from '../../src/counters.js';
import { DeadLetters } from '../../src/dead-letters.js';
import { GroupCommit } from '../../src/group-commit.js';
import { Ingest, type Outcome } from '../../src/ingest.js';
import { LastValues } from '../../src/last-values/last-values.js';
import { temporaryDir } from './broker.js';
import { bodyOf } from './events.js';

/** A log whose disk can be made to fail. */
export class FlakyLog extends MemoryLog {
  failing = false;
  commits = 0;

  override commit(): void {
    this.commits += 1;
    if (!this.failing) return super.commit();
    this.discard();
    throw new LogUnavailableError('log', Object.assign(new Error('no space left'), { code: 'ENOSPC' }));
  }
}

export interface Sent {
  topic: string;
  payload: string;
}

/** The insides of the bus, over logs in memory, wired as the engine wires them. */
export class Rig {
  readonly counters = new Counters();
  readonly sent: Sent[] = [];
  readonly said: string[] = [];
  readonly lost: EventsLostError[] = [];
  readonly events: FlakyLog;
  readonly deadLetterLog: FlakyLog;
  readonly admission: Admission;
  readonly deadLetters: DeadLetters;
  readonly commit: GroupCommit;
  /** How often readers were told that there is something new. */
  shown = 0;
  readonly broadcast: Broadcast;
  readonly lastValues: LastValues;
  readonly ingest: Ingest;
  readonly anonymous: Anonymous;

  constructor({ events = new FlakyLog(), deadLetters = new FlakyLog() } = {}) {
    this.events = events;
    this.deadLetterLog = deadLetters;
    this.admission = new Admission(events);
    this.deadLetters = new DeadLetters(deadLetters);
    this.broadcast = new Broadcast({
      wants: () => true,
      send: (topic, payload) => this.sent.push({ topic, payload: payload.toString() }),
    });
    const catalogue = createStandardCatalogue();
    const file = join(temporaryDir(), 'last-values.ndjson');
    this.lastValues = new LastValues({ log: events, catalogue, file, onError: () => {} });
    this.commit = new GroupCommit({
      events,
      deadLetters,
      onBefore: () => this.anonymous.stage(),
      onDurable: () => {
        this.admission.commit();
        this.deadLetters.commit();
        this.broadcast.commit();
        this.lastValues.commit();
        this.anonymous.commit();
      },
      onAcknowledged: () => {
        this.shown += 1;
      },
      onFailed: () => {
        this.admission.rollback();
        this.broadcast.rollback();
        this.lastValues.rollback();
        this.anonymous.rollback();
        this.deadLetters.rollback();
      },
      onUnavailable: () => this.said.push('unavailable'),
      onAvailable: () => this.said.push('available'),
    });
    const shared = {
      events,
      deadLetters: this.deadLetters,
      catalogue,
      lastValues: this.lastValues,
      broadcast: this.broadcast,
      counters: this.counters,
      now: () => 1000,
    };
    this.ingest = new Ingest({ ...shared, admission: this.admission, commit: this.commit });
    this.anonymous = new Anonymous({
      ...shared,
      available: () => this.commit.available,
      schedule: () => this.commit.schedule(),
      flush: () => this.commit.flush(),
      onLost: (error) => this.lost.push(error),
    });
  }

  /** Hands a batch in; the outcome is there after the next flush. */
  send(texts: readonly string[], batch: Partial<Batch> = {}): { outcome: Outcome | undefined } {
    const result: { outcome: Outcome | undefined } = { outcome: undefined };
    const whole = { producer: 'p', first: 1, count: texts.length, acked: 0, body: bodyOf(texts), ...batch };
    this.ingest.publish(whole, (outcome) => {
      result.outcome = outcome;
    });
    return result;
  }

  /** The same, and commits. */
  publish(texts: readonly string[], batch: Partial<Batch> = {}): Outcome {
    const result = this.send(texts, batch);
    this.commit.flush();
    return result.outcome!;
  }
}

/** Everything in a log, as texts. */
export function textsIn(log: MemoryLog): string[] {
  const texts: string[] = [];
  for (let next = log.firstSeq; next < log.nextSeq; ) {
    for (const record of log.read(next, 1024 * 1024)) {
      texts.push(...record.body.toString().split('\n'));
      next = record.seq + record.count;
    }
  }
  return texts;
}
