import { statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { NoSuchAlertError } from '../src/book/alert-book.js';
import { NoSuchSilenceError } from '../src/book/silences.js';
import {
  alertOf,
  checkpointAt,
  openBook,
  record,
  SimulatedTime,
  tempFolder,
  toHook,
} from './support/alerts.js';

const firing = (n: number, key = 'k') => alertOf(n, { state: 'firing', rule: 'lag', key });
const resolved = (n: number, key = 'k') => alertOf(n, { state: 'resolved', rule: 'lag', key });

describe('the book', () => {
  it('keeps place, alerts and deliveries, for this user alone, when it is closed and opened again', () => {
    const [time, dataDir] = [new SimulatedTime(), tempFolder()];
    const book = openBook(time, dataDir);
    expect(book.checkpoint()).toBeNull();
    book.commit({ checkpoint: checkpointAt(7), alerts: [alertOf(1)], routesOf: () => toHook });
    book.close();
    expect(statSync(join(dataDir, 'alerts.db')).mode & 0o777).toBe(0o600);
    const again = openBook(time, dataDir);
    expect(again.checkpoint()).toEqual(checkpointAt(7));
    expect(again.history({ limit: 10 })).toMatchObject([{ id: 'rule//happened/1', is_open: true }]);
    expect(again.outbox.next('hook')?.alerts).toMatchObject([{ message: 'message 1' }]);
  });

  it('takes an alert once, however often it is said', () => {
    const book = openBook(new SimulatedTime());
    expect([record(book, [alertOf(1)]), record(book, [alertOf(1), alertOf(2)])]).toEqual([1, 1]);
    expect(book.outbox.next('hook')?.alerts.map(({ seq }) => seq)).toEqual([1, 2]);
  });

  it('has a condition open until it is resolved, whatever others do', () => {
    const book = openBook(new SimulatedTime());
    record(book, [firing(1, 'a'), firing(2, 'b')]);
    expect(book.open().map(({ key }) => key)).toEqual(['b', 'a']);
    record(book, [resolved(3, 'a')]);
    expect(book.open().map(({ key }) => key)).toEqual(['b']);
    // A spell that begins anew takes the place of one that nobody has seen end.
    record(book, [firing(4, 'b')]);
    expect(book.open().map(({ seq }) => seq)).toEqual([4]);
    expect(book.openCounts()).toEqual({ open: 1, critical: 0 });
  });

  it('has nothing open of a rule that is gone', () => {
    const book = openBook(new SimulatedTime());
    record(book, [firing(1), alertOf(2, { state: 'firing', rule: 'gone' }), alertOf(3)]);
    const lag = { name: 'lag', description: null, severity: 'warning', condition: '', channels: [] } as const;
    book.tellStatus({ rules: [{ ...lag, channels: [] }], channels: [], rules_problem: null });
    expect(book.open().map(({ seq }) => seq)).toEqual([3, 1]);
  });

  it('has what happened open until somebody acknowledges it, or for a day', async () => {
    const time = new SimulatedTime();
    const book = openBook(time);
    record(book, [alertOf(1), alertOf(2)]);
    book.acknowledge('rule//happened/1', { by: 'ann', note: 'seen' });
    expect(book.open().map(({ seq }) => seq)).toEqual([2]);
    expect(book.alert('rule//happened/1')?.acknowledged).toEqual({ at: time.now(), by: 'ann', note: 'seen' });
    await time.pass(86_401);
    expect(book.open()).toEqual([]);
    expect(() => book.acknowledge('no', { by: null, note: null })).toThrow(NoSuchAlertError);
  });

  it('forgets what is long over, and nothing that is open or waits', async () => {
    const time = new SimulatedTime();
    const book = openBook(time);
    record(book, [firing(1, 'open'), alertOf(2)], []);
    record(book, [alertOf(3)]);
    await time.pass(91 * 86_400);
    book.prune();
    expect(book.history({ limit: 10 }).map(({ seq }) => seq)).toEqual([3, 1]);
  });
});

describe('a clock that is set back', () => {
  it('holds up neither what waits for its group nor what is tried again', async () => {
    const time = new SimulatedTime();
    const book = openBook(time);
    record(book, [alertOf(1)], [{ channel: 'hook', group_key: 'g', wait_s: 5 }]);
    expect(book.outbox.next('hook')?.due_at).toBe(time.now() + 5);
    await time.pass(-3_600);
    expect(book.outbox.next('hook')?.due_at).toBe(time.now());
    await time.pass(3_600);
    const group = book.outbox.next('hook')!;
    book.outbox.begin(group);
    book.outbox.end(group, { is: 'delayed', due_at: time.now() + 300, error: 'down' });
    expect(book.outbox.next('hook')?.due_at).toBe(time.now() + 300);
    await time.pass(-3_600);
    expect(book.outbox.next('hook')?.due_at).toBe(time.now());
  });
});

describe('a silence', () => {
  const silence = { rule: null, key: null, reason: 'maintenance', by: 'ann' };

  it('keeps what it covers from being delivered, and not from being recorded', () => {
    const time = new SimulatedTime();
    const book = openBook(time);
    const { id } = book.silence({ ...silence, rule: 'lag', key: 'a', until: time.now() + 60 });
    record(book, [firing(1, 'a'), firing(2, 'b'), alertOf(3)]);
    expect(book.outbox.next('hook')?.alerts.map(({ seq }) => seq)).toEqual([2, 3]);
    expect(book.history({ limit: 9 }).map(({ silenced_by }) => silenced_by)).toEqual([null, null, id]);
  });

  it('also covers what was recorded before it and still waits', () => {
    const time = new SimulatedTime();
    const book = openBook(time);
    record(book, [alertOf(1)]);
    book.silence({ ...silence, until: time.now() + 60 });
    expect(book.outbox.next('hook')).toBeNull();
    expect(book.history({ limit: 9 })[0]?.deliveries).toMatchObject([{ state: 'silenced' }]);
  });

  it('ends when it ends, or when somebody ends it', async () => {
    const time = new SimulatedTime();
    const book = openBook(time);
    const [short, long] = [60, 600].map((s) => book.silence({ ...silence, until: time.now() + s }));
    await time.pass(61);
    expect(book.silences.list().map(({ id }) => id)).toEqual([long!.id]);
    book.silences.end(long!.id);
    expect(book.silences.list()).toEqual([]);
    for (const { id } of [short!, long!]) expect(() => book.silences.end(id)).toThrow(NoSuchSilenceError);
    record(book, [alertOf(1)]);
    expect(book.outbox.next('hook')?.alerts).toHaveLength(1);
  });
});
