import { MemoryStore } from '@bitten/storage/store';
import { expect, test } from 'vitest';
import { colorsFor } from '../src/show/terminal.js';
import { describeStats } from '../src/stats/describe.js';

const look = { colors: colorsFor({ isTTY: false } as NodeJS.WriteStream), width: 100 };

test('bytes an event are of the database, without its write-ahead log', () => {
  const summary = {
    ...new MemoryStore().summary(),
    rows: 1500,
    bytes: 480 * 1024,
    wal_bytes: 45 * 1024 ** 2,
  };
  const text = describeStats(
    { at: 0, bus: { ok: false, why: 'away' }, store: { ok: true, file: 'store.db', summary } },
    look,
  );
  expect(text).toContain('1,500 in 480 KiB, 328 bytes an event');
  expect(text).toMatch(/write-ahead log +45 MiB/);
});

test('clients are those of the last two minutes', () => {
  const stats = {
    started_at: 0,
    uptime_s: 4,
    memory_rss_bytes: 59 * 1024 ** 2,
    clients: 25,
    events: { received: 0, appended: 0, duplicates: 0, rejected: 0, by_type: {} },
    log: { first: 1, next: 1, bytes: 0, segments: 1, last_append_at: null },
    dead_letters: { first: 1, next: 1 },
    commits: { count: 0, fsync_p50_ms: 0, fsync_p99_ms: 0 },
    cursors: [],
  };
  const text = describeStats(
    {
      at: 0,
      bus: { ok: true, server: 'bitten-bus', log_id: 'log-a', stats },
      store: { ok: false, why: 'none' },
    },
    look,
  );
  expect(text).toContain('25 clients in the last two minutes');
});
