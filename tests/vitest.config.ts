import { defineConfig } from 'vitest/config';
import { full } from './support/scale.js';

// Each test has a bus, a collector and more at work: one file after the other, or they take each other's time.
export default defineConfig({
  test: {
    include: [
      'journeys/**/*.test.ts',
      'dashboard/*.test.ts',
      'fault/**/*.test.ts',
      'power/**/*.test.ts',
      'mutants/**/*.test.ts',
      'soak/test/**/*.test.ts',
      'fuzz/*.test.ts',
      'docs/*.test.ts',
    ],
    fileParallelism: false,
    pool: 'forks',
    globalSetup: ['support/require-build.ts'],
    testTimeout: full ? 900_000 : 120_000,
    hookTimeout: 60_000,
    // How long a condition is waited for, see `until`.
    env: { BITTEN_PATIENCE_MS: String(full ? 600_000 : 60_000) },
  },
});
