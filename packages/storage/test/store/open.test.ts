import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import {
  CorruptStoreError,
  MissingStoreError,
  NewerStoreError,
  NotAStoreError,
  OlderStoreError,
  openStore,
  StoreUnavailableError,
} from '../../src/store/index.js';
import { type Migration, storeMigrations } from '../../src/store/migrations.js';
import { openStoreWith } from '../../src/store/sqlite-store.js';
import { spanOfTicks } from '../../src/testing/store-events.js';
import { useTempDir } from './helpers.js';

/** What a later version of this program might bring. */
const noted: Migration = {
  up: (db) => void db.exec("ALTER TABLE event_rows ADD COLUMN note TEXT DEFAULT 'new'"),
};

describe('opening a store', () => {
  const tempDir = useTempDir();

  function filled(file: string): void {
    const store = openStore({ file });
    store.bind('log-a');
    store.applyEvents(spanOfTicks(1, 6));
    store.close();
  }

  function version(file: string): unknown {
    const db = new Database(file, { readonly: true });
    const found = db.pragma('user_version', { simple: true });
    db.close();
    return found;
  }

  it('makes folder and file for their owner alone, the log beside it too', () => {
    const dir = join(tempDir(), 'data', 'deep');
    const store = openStore({ file: join(dir, 'store.db') });
    store.bind('log-a');
    expect(statSync(dir).mode & 0o777).toBe(0o700);
    for (const name of ['store.db', 'store.db-wal', 'store.db-shm']) {
      expect(statSync(join(dir, name)).mode & 0o777, name).toBe(0o600);
    }
    store.close();
    chmodSync(join(dir, 'store.db'), 0o644);
    openStore({ file: join(dir, 'store.db') }).close();
    expect(statSync(join(dir, 'store.db')).mode & 0o777).toBe(0o600);
  });

  it('goes on where it was', () => {
    const file = join(tempDir(), 'store.db');
    filled(file);
    const store = openStore({ file });
    expect([store.logId, store.cursor('events'), store.queryEvents({}).length]).toEqual(['log-a', 6, 5]);
    expect(store.getStats().events_stored).toBe(0);
    store.applyEvents(spanOfTicks(4, 9));
    expect(store.queryEvents({}).map((event) => event.id)).toEqual([8, 7, 6, 5, 4, 3, 2, 1]);
    store.close();
  });

  it('tells the size of the database apart from that of its write-ahead log', () => {
    const file = join(tempDir(), 'store.db');
    const store = openStore({ file });
    store.bind('log-a');
    // Each span writes the same pages into the write-ahead log once more.
    for (let seq = 1; seq <= 200; seq++) store.applyEvents(spanOfTicks(seq, seq + 1));
    const { bytes, wal_bytes } = store.summary();
    expect(wal_bytes).toBe(statSync(`${file}-wal`).size);
    expect(wal_bytes).toBeGreaterThan(bytes);
    const reader = openStore({ file, readonly: true });
    expect(reader.summary()).toEqual(store.summary());
    reader.close();
    store.close();
    expect(bytes).toBe(statSync(file).size);
  });

  it('migrates an older file and keeps its rows', () => {
    const file = join(tempDir(), 'store.db');
    filled(file);
    const store = openStoreWith({ file }, [...storeMigrations, noted]);
    expect(store.queryEvents({}).length).toBe(5);
    store.close();
    expect(version(file)).toBe(storeMigrations.length + 1);
    const db = new Database(file, { readonly: true });
    expect(db.prepare('SELECT DISTINCT note FROM event_rows').pluck().all()).toEqual(['new']);
    db.close();
  });

  it('leaves the older version whole where a migration fails, and gets there the next time', () => {
    const file = join(tempDir(), 'store.db');
    filled(file);
    const failing: Migration = {
      up: (db) => {
        db.exec('CREATE TABLE half (x)');
        throw new Error('the power went');
      },
    };
    expect(() => openStoreWith({ file }, [...storeMigrations, noted, failing])).toThrow('the power went');
    expect(version(file)).toBe(storeMigrations.length + 1);
    const store = openStoreWith({ file }, [
      ...storeMigrations,
      noted,
      { up: (db) => void db.exec('CREATE TABLE half (x)') },
    ]);
    expect(store.queryEvents({}).length).toBe(5);
    store.close();
  });

  it('refuses a newer file, for writing and for reading, and says what to do', () => {
    const file = join(tempDir(), 'store.db');
    openStoreWith({ file }, [...storeMigrations, noted]).close();
    for (const readonly of [false, true]) {
      expect(() => openStore({ file, readonly })).toThrow(NewerStoreError);
      expect(() => openStore({ file, readonly })).toThrow(
        expect.objectContaining({ code: 'newer_store', remedy: expect.stringContaining('newer program') }),
      );
    }
  });

  it('does not migrate when it may only read', () => {
    const file = join(tempDir(), 'store.db');
    filled(file);
    expect(() => openStoreWith({ file, readonly: true }, [...storeMigrations, noted])).toThrow(
      OlderStoreError,
    );
    expect(version(file)).toBe(storeMigrations.length);
  });

  it("leaves another program's database alone, such as the Python collector's", () => {
    const file = join(tempDir(), 'bitten_events.db');
    const python = new Database(file);
    python.exec('CREATE TABLE events (id INTEGER PRIMARY KEY AUTOINCREMENT, event_type TEXT)');
    python.close();
    const before = readFileSync(file);
    expect(() => openStore({ file })).toThrow(NotAStoreError);
    expect(() => openStore({ file, readonly: true })).toThrow(NotAStoreError);
    expect(readFileSync(file).equals(before)).toBe(true);
    expect(existsSync(`${file}-wal`)).toBe(false);
  });

  it('tells a file that is no database from one that is damaged', () => {
    const dir = tempDir();
    const text = join(dir, 'text.db');
    writeFileSync(
      text,
      'this is not a database, and long enough for anybody to see that it is none'.repeat(20),
    );
    expect(() => openStore({ file: text })).toThrow(NotAStoreError);
    const damaged = join(dir, 'damaged.db');
    filled(damaged);
    const bytes = readFileSync(damaged);
    writeFileSync(damaged, bytes.fill(0xff, 100, 8192));
    expect(() => openStore({ file: damaged })).toThrow(CorruptStoreError);
  });

  it('says so when there is nothing to read, and makes nothing', () => {
    const file = join(tempDir(), 'none', 'store.db');
    expect(() => openStore({ file, readonly: true })).toThrow(MissingStoreError);
    expect(existsSync(file)).toBe(false);
  });

  it('says so when the place cannot hold a file', () => {
    const file = join(tempDir(), 'store.db');
    mkdirSync(file);
    expect(() => openStore({ file })).toThrow(StoreUnavailableError);
  });
});

describe('a reader beside the writer', () => {
  const tempDir = useTempDir();

  it('sees each span whole, as soon as it is applied, and cannot write', () => {
    const file = join(tempDir(), 'store.db');
    const writer = openStore({ file });
    writer.bind('log-a');
    const reader = openStore({ file, readonly: true });
    for (let from = 1; from < 500; from += 50) {
      writer.applyEvents(spanOfTicks(from, from + 50));
      expect(reader.cursor('events')).toBe(from + 50);
      expect(reader.queryEvents({ limit: 1 })[0]?.id).toBe(from + 49);
      expect(reader.summary().rows).toBe(from + 49);
    }
    expect(reader.logId).toBe('log-a');
    expect(() => reader.applyEvents(spanOfTicks(501, 502))).toThrow(/readonly/);
    expect(() => reader.bind('log-b')).toThrow(/readonly/);
    writer.close();
    expect(reader.queryEvents({ limit: 1 })[0]?.id).toBe(500);
    reader.close();
  });

  it('opens while no writer runs', () => {
    const file = join(tempDir(), 'store.db');
    openStore({ file }).close();
    const reader = openStore({ file, readonly: true });
    expect(reader.queryEvents({})).toEqual([]);
    reader.close();
  });
});
