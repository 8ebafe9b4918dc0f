import { renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { openStore } from '@bitten/storage/store';
import { expect, onTestFinished, test } from 'vitest';
import { statusOf } from '../src/http/errors.js';
import { QueryPool, type QueryPoolOptions } from '../src/queries/pool.js';
import { makeFolder } from './support/folder.js';
import { hasWorkers } from './support/server.js';

const script = new URL('./support/slow-worker.mjs', import.meta.url);
const [endless, deadly, refused] = [{ seq: 1 }, { seq: 2 }, { seq: 3 }];

function makePool(options: Partial<QueryPoolOptions> = {}): QueryPool {
  const pool = new QueryPool({ file: 'none', script, ...options });
  onTestFinished(() => pool.close());
  return pool;
}

test('a query past its deadline is ended and told, and the next one is answered', async () => {
  const pool = makePool({ workers: 1, deadline_ms: 200 });
  const error = await pool.ask('event', endless).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: 'query_deadline', remedy: expect.stringContaining('shorter time') });
  expect(statusOf(error)).toBe(503);
  expect(await pool.ask('summary')).toBe('summary');
  expect(pool.facts()).toMatchObject({ overdue: 1, waiting: 0 });
});

test('while one query takes long, others are answered beside it', async () => {
  const pool = makePool({ workers: 2, deadline_ms: 60_000 });
  void pool.ask('event', endless).catch(() => undefined);
  expect(await Promise.all([pool.ask('summary'), pool.ask('logId')])).toEqual(['summary', 'logId']);
});

test('a worker that dies takes its own query with it, and no other', async () => {
  const pool = makePool({ workers: 1 });
  const asked = [pool.ask('event', deadly), pool.ask('summary')];
  const [died, answered] = await Promise.allSettled(asked);
  expect(died).toMatchObject({ status: 'rejected', reason: { message: 'a mistake' } });
  expect(answered).toEqual({ status: 'fulfilled', value: 'summary' });
});

test('too many queries are refused instead of piled up', async () => {
  const pool = makePool({ workers: 1, deadline_ms: 60_000, waiting_max: 2 });
  const asked = [pool.ask('event', endless), pool.ask('summary'), pool.ask('summary')];
  for (const each of asked) each.catch(() => undefined);
  await expect(pool.ask('summary')).rejects.toMatchObject({ code: 'queries_busy' });
});

test('what the store says no with arrives with its code and its remedy', async () => {
  const error = await makePool()
    .ask('event', refused)
    .catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: 'missing_store', remedy: 'start the collector' });
  expect(statusOf(error)).toBe(503);
});

/** Makes a store with one event in it. */
function makeStore(file: string, event_type: string): void {
  const store = openStore({ file });
  store.bind('log');
  const event = { event_type, timestamp: 5, source: 'test', data: {} };
  const text = JSON.stringify(event);
  store.applyEvents({ from: 1, next: 2, items: [{ seq: 1, appendedAt: 6, text, event }] });
  store.close();
}

test.skipIf(!hasWorkers)(
  'the workers see the store when it comes, and the one that is put in its place',
  async () => {
    const [file, rebuilt] = [join(makeFolder(), 'bitten_events.db'), join(makeFolder(), 'rebuilt.db')];
    const built = new URL('../dist/queries/worker.js', import.meta.url);
    const pool = makePool({ file, script: built, workers: 1 });
    const typeNow = async () => (await pool.ask('event', { seq: 1 }))?.event_type;
    await expect(typeNow()).rejects.toMatchObject({ code: 'missing_store' });
    makeStore(file, 'old');
    expect(await typeNow()).toBe('old');
    makeStore(rebuilt, 'new');
    for (const beside of ['-wal', '-shm']) rmSync(`${file}${beside}`, { force: true });
    renameSync(rebuilt, file);
    expect(await typeNow()).toBe('new');
  },
);
