import { setImmediate as turn } from 'node:timers/promises';
import {
  OutOfSequenceError,
  type PublishBatch,
  type PublishReply,
  UnavailableError,
} from '@bitten/transport';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type BatchSource, Sender, type SendingLink } from '../src/sender.js';
import type { Batch } from '../src/spool.js';
import { until } from './support/until.js';

interface Request {
  batch: PublishBatch;
  answer: (reply?: PublishReply) => Promise<void>;
  fail: (error: Error) => Promise<void>;
}

/** A connection whose replies the test gives. */
class FakeLink implements SendingLink {
  readonly requests: Request[] = [];
  readonly #listeners = new Set<(status: { state: string }) => void>();
  #state = 'connected';

  get status(): { state: string } {
    return { state: this.#state };
  }

  set state(state: string) {
    this.#state = state;
    for (const listener of this.#listeners) listener({ state });
  }

  /** The first numbers of what was sent. */
  get sent(): number[] {
    return this.requests.map(({ batch }) => batch.first);
  }

  open() {
    return {
      publish: (batch: PublishBatch) =>
        new Promise<PublishReply>((resolve, reject) => {
          this.requests.push({
            batch,
            answer: async (reply = { level: 'fsynced', seqs: [], rejected: [] }) => {
              resolve(reply);
              await turn();
            },
            fail: async (error) => {
              reject(error);
              await turn();
            },
          });
        }),
    };
  }

  onStatus(listener: (status: { state: string }) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  touch(): void {}
}

/** Batches of ten, up to a last number. */
class FakeSource implements BatchSource {
  readonly producer = 'p';
  acked = 0;
  last = 50;
  broken = false;

  take(from: number): Batch | null {
    if (this.broken) throw new Error('the disk');
    if (from > this.last) return null;
    return { first: from, count: Math.min(10, this.last - from + 1), body: Buffer.from('') };
  }

  acknowledge(batch: Batch): void {
    this.acked = Math.max(this.acked, batch.first + batch.count - 1);
  }
}

function start({ window = 2 } = {}) {
  const link = new FakeLink();
  const source = new FakeSource();
  const troubles: unknown[] = [];
  const sender = new Sender({ link, source, window, onTrouble: (error) => troubles.push(error) });
  onTestFinished(() => sender.stop());
  sender.kick();
  return { link, source, troubles, sender };
}

test('batches leave in order, as many at a time as the window allows', async () => {
  const { link, source } = start();
  expect(link.sent).toEqual([1, 11]);
  await link.requests[0]!.answer();
  expect(source.acked).toBe(10);
  expect(link.sent).toEqual([1, 11, 21]);
  expect(link.requests[2]!.batch).toMatchObject({ producer: 'p', acked: 10, count: 10 });
});

test('nothing leaves while there is no connection; then from the oldest not acknowledged on', async () => {
  const { link, source } = start();
  await link.requests[0]!.answer();
  link.state = 'disconnected';
  await link.requests[1]!.fail(new Error('lost'));
  await link.requests[2]!.fail(new Error('lost'));
  expect(link.sent).toEqual([1, 11, 21]);
  link.state = 'connected';
  expect(link.sent).toEqual([1, 11, 21, 11, 21]);
  expect(source.acked).toBe(10);
});

describe('replies that come in another order', () => {
  test('count when they join; the rest is sent again, and nothing is left waiting for ever', async () => {
    const { link, source } = start();
    await link.requests[1]!.answer();
    expect(source.acked).toBe(0);
    await link.requests[0]!.answer();
    for (let i = 2; i < link.requests.length; i += 1) await link.requests[i]!.answer();
    expect(source.acked).toBe(50);
  });

  test('and late change nothing', async () => {
    const { link, source } = start();
    const [first] = link.requests;
    link.state = 'disconnected';
    link.state = 'connected';
    await link.requests[2]?.answer();
    const { acked } = source;
    await first!.answer();
    expect(source.acked).toBeGreaterThanOrEqual(acked);
  });
});

describe('after a failure', () => {
  test('everything not acknowledged is sent again, once, however many have failed', async () => {
    const { link, troubles } = start();
    const [first, second] = link.requests;
    await first!.fail(new UnavailableError('disk full', 'disk full'));
    await second!.fail(new UnavailableError('disk full', 'disk full'));
    expect(troubles).toHaveLength(1);
    await until('the retry', () => link.sent.length > 2);
    expect(link.sent).toEqual([1, 11, 1, 11]);
  });

  test('of the sequence it is sent again at once', async () => {
    const { link } = start();
    await link.requests[1]!.fail(new OutOfSequenceError(1, 'out of sequence'));
    expect(link.sent).toEqual([1, 11, 1]);
  });

  test('of the source it is tried again', async () => {
    const { link, source, troubles, sender } = start();
    source.broken = true;
    await link.requests[0]!.answer();
    expect(troubles).toHaveLength(1);
    sender.kick();
    expect(troubles).toHaveLength(1);
    source.broken = false;
    await until('the next batch', () => link.sent.length > 2);
    expect(link.sent).toEqual([1, 11, 21]);
  });
});

test('a sender that was stopped says and does nothing more', async () => {
  const { link, source, sender, troubles } = start();
  sender.stop();
  await link.requests[0]!.answer();
  await link.requests[1]!.fail(new Error('closed'));
  link.state = 'connected';
  expect(source.acked).toBe(0);
  expect(link.sent).toEqual([1, 11]);
  expect(troubles).toEqual([]);
});
