import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { MemoryStore, openStore } from '../../src/store/index.js';
import { storeContract } from '../../src/testing/store-contract.js';

const dir = mkdtempSync(join(tmpdir(), 'bitten-store-contract-'));
let files = 0;
afterAll(() => rmSync(dir, { recursive: true, force: true }));

storeContract('SqliteStore', ({ clock }) => openStore({ file: join(dir, `${++files}.db`), clock }));
storeContract('MemoryStore', ({ clock }) => new MemoryStore({ clock }));
