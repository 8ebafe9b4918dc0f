import { describe, expect, it, onTestFinished } from 'vitest';
import type { AlertBook } from '../src/book/alert-book.js';
import { type Channel, DeliveryError } from '../src/channels/channel.js';
import { type DeliveryReport, Dispatcher } from '../src/dispatch/dispatcher.js';
import { notificationOf } from '../src/render/notification.js';
import { alertOf, openBook, record, SimulatedTime, tempFolder } from './support/alerts.js';

/** A channel that does as it is told: what it throws it has not taken. */
class FakeChannel implements Channel {
  readonly tried: Array<{ id: string; alerts: string[]; at: number }> = [];
  readonly #time: SimulatedTime;
  answer: () => Promise<void> = async () => {};

  constructor(time: SimulatedTime) {
    this.#time = time;
  }

  async send({ id, alerts }: Parameters<Channel['send']>[0]): Promise<void> {
    this.tried.push({ id, alerts: alerts.map(({ message }) => message), at: this.#time.now() });
    await this.answer();
  }
}

function start(
  book: AlertBook,
  time: SimulatedTime,
  channels: Record<string, Channel>,
  onTrouble: (error: unknown) => void = (error) => {
    throw error;
  },
) {
  const reports: DeliveryReport[] = [];
  const dispatcher = new Dispatcher({
    outbox: book.outbox,
    channels: new Map(Object.entries(channels)),
    notificationOf: (group) => notificationOf(group, { dashboardUrl: 'http://x', chainOf: () => [] }),
    onReport: (report) => reports.push(report),
    onTrouble,
    timers: time,
  });
  dispatcher.start();
  onTestFinished(() => dispatcher.stop());
  return { dispatcher, reports };
}

const down = async () => {
  throw new DeliveryError('down', { isPassing: true });
};
const route = (wait_s: number, group_key = 'g', channel = 'hook') => [{ channel, group_key, wait_s }];

describe('delivery', () => {
  it('waits for others of the group, and tells them together, in order', async () => {
    const time = new SimulatedTime();
    const [book, hook] = [openBook(time), new FakeChannel(time)];
    start(book, time, { hook });
    record(book, [alertOf(1)], route(10));
    await time.pass(5);
    record(book, [alertOf(2)], route(10));
    record(book, [alertOf(3)], route(10, 'other'));
    await time.pass(4);
    expect(hook.tried).toEqual([]);
    await time.pass(2);
    expect(hook.tried.map(({ alerts }) => alerts)).toEqual([['message 1', 'message 2']]);
    await time.pass(6);
    expect(hook.tried.map(({ alerts }) => alerts)[1]).toEqual(['message 3']);
    await time.pass(100);
    expect(hook.tried).toHaveLength(2);
  });

  it('tries again under the same id, later each time, and nothing passes it', async () => {
    const time = new SimulatedTime();
    const [book, hook] = [openBook(time), new FakeChannel(time)];
    hook.answer = down;
    const { reports } = start(book, time, { hook });
    const began = time.now();
    record(book, [alertOf(1)], route(0));
    await time.pass(2);
    record(book, [alertOf(2)], route(0));
    await time.pass(20);
    const times = hook.tried.map(({ at }) => Math.round(at - began));
    expect(times).toEqual([1, 2, 4, 8, 16]);
    expect(new Set(hook.tried.map(({ id, alerts }) => `${id} ${alerts}`)).size).toBe(1);
    hook.answer = async () => {};
    await time.pass(60);
    expect(hook.tried.slice(5).map(({ alerts }) => alerts)).toEqual([['message 1'], ['message 2']]);
    expect(reports.map(({ is }) => is)).toEqual([...Array(5).fill('delayed'), 'delivered', 'delivered']);
    expect(book.outbox.counts()).toEqual([
      { channel: 'hook', waiting: 0, delivered: 2, given_up: 0, last_error: null },
    ]);
  });

  it('gives up what will never be taken, at once, and what has not been for a day', {
    timeout: 60_000,
  }, async () => {
    const time = new SimulatedTime();
    const [book, hook] = [openBook(time), new FakeChannel(time)];
    hook.answer = async () => {
      throw new DeliveryError('gone', { isPassing: false });
    };
    start(book, time, { hook });
    record(book, [alertOf(1)], route(0));
    await time.pass(2);
    hook.answer = down;
    record(book, [alertOf(2)], route(0));
    await time.pass(2);
    expect(hook.tried.filter(({ alerts }) => alerts.includes('message 1'))).toHaveLength(1);
    expect(book.history({ limit: 9 })[1]?.deliveries).toMatchObject([{ state: 'given_up', error: 'gone' }]);
    await time.pass(86_400);
    expect(book.history({ limit: 9 })[0]?.deliveries).toMatchObject([{ state: 'given_up' }]);
    // Five minutes apart in the end: as often as somebody who waits would look.
    expect(hook.tried.length).toBeLessThan(320);
    expect(book.outbox.counts()).toMatchObject([{ waiting: 0, delivered: 0, given_up: 2 }]);
  });

  it('is as patient as it is asked to be', async () => {
    const time = new SimulatedTime();
    const [book, hook] = [openBook(time), new FakeChannel(time)];
    hook.answer = async () => {
      throw new DeliveryError('busy', { isPassing: true, retryAfter_s: 120 });
    };
    start(book, time, { hook });
    record(book, [alertOf(1)], route(0));
    await time.pass(119);
    expect(hook.tried).toHaveLength(1);
    await time.pass(5);
    expect(hook.tried).toHaveLength(2);
  });

  it('goes on at one channel while another hangs', async () => {
    const time = new SimulatedTime();
    const [book, hook, other] = [openBook(time), new FakeChannel(time), new FakeChannel(time)];
    let release = () => {};
    hook.answer = () => new Promise((resolve) => (release = resolve));
    start(book, time, { hook, other });
    const both = [...route(0), ...route(0, 'g', 'other')];
    for (const n of [1, 2, 3]) {
      record(book, [alertOf(n)], both);
      await time.pass(2);
    }
    expect([hook.tried.length, other.tried.length]).toEqual([1, 3]);
    hook.answer = async () => {};
    release();
    await time.pass(5);
    expect(hook.tried.map(({ alerts }) => alerts)).toEqual([['message 1'], ['message 2', 'message 3']]);
  });

  it('notes until it is noted: a book that is locked meanwhile has nothing told twice', async () => {
    const [time, dataDir] = [new SimulatedTime(), tempFolder()];
    const [book, hook] = [openBook(time, dataDir), new FakeChannel(time)];
    const end = book.outbox.end.bind(book.outbox);
    let locked = 3;
    book.outbox.end = (...given) => {
      if (locked-- > 0) throw new Error('database is locked');
      end(...given);
    };
    const { reports } = start(book, time, { hook }, () => {});
    record(book, [alertOf(1)], route(0));
    await time.pass(10);
    expect(hook.tried).toHaveLength(1);
    expect(reports.map(({ is }) => is)).toEqual(['delivered']);
  });

  it('leaves a channel to itself that does not end when it is told to', async () => {
    const time = new SimulatedTime();
    const [book, hook] = [openBook(time), new FakeChannel(time)];
    hook.answer = () => new Promise(() => {});
    const { dispatcher, reports } = start(book, time, { hook });
    record(book, [alertOf(1)], route(0));
    await time.pass(2);
    await dispatcher.stop();
    expect(reports.map(({ is }) => is)).toEqual(['delayed']);
  });

  it('of an attempt that a crash has cut off: once more, under the same id', async () => {
    const [time, dataDir] = [new SimulatedTime(), tempFolder()];
    const book = openBook(time, dataDir);
    record(book, [alertOf(1)], route(0));
    // Begun and never ended, as a crash leaves it; another has joined its group meanwhile.
    const group = book.outbox.next('hook')!;
    book.outbox.begin(group);
    record(book, [alertOf(2)], route(0));
    book.close();
    const again = openBook(time, dataDir);
    const hook = new FakeChannel(time);
    start(again, time, { hook });
    await time.pass(3);
    expect(hook.tried.map(({ id, alerts }) => ({ id, alerts }))).toEqual([
      { id: group.id, alerts: ['message 1'] },
      { id: expect.not.stringMatching(`^${group.id}$`), alerts: ['message 2'] },
    ]);
  });
});
