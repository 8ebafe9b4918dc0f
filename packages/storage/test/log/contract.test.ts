import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { vi } from 'vitest';
import { MemoryLog, openLog } from '../../src/log/index.js';
import { logContract } from '../../src/testing/log-contract.js';
import type { LogHarness } from '../../src/testing/log-harness.js';

// Most of these wait for the disk, which others may be using.
vi.setConfig({ testTimeout: 60_000 });

logContract('MemoryLog', () => ({
  open: (options) => new MemoryLog(options),
  survivesClose: false,
  cleanup() {},
}));

function onDisk(durability: 'fsync' | 'none'): () => LogHarness {
  return () => {
    const root = mkdtempSync(join(tmpdir(), 'bitten-log-'));
    return {
      open: (options) => openLog({ dir: join(root, 'log'), durability, ...options }),
      survivesClose: true,
      cleanup: () => rmSync(root, { recursive: true, force: true, maxRetries: 5 }),
    };
  };
}

logContract('SegmentLog without syncs', onDisk('none'));
// Each of its lives waits for the disk some hundred times.
logContract('SegmentLog', onDisk('fsync'), 10);
