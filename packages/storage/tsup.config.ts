import { defineConfig } from 'tsup';
import { library } from '../../tsup.base.ts';

export default defineConfig({
  ...library(['src/log/index.ts', 'src/store/index.ts', 'src/testing/index.ts']),
  // The contract suites run in the caller's vitest, not in a copy of it.
  external: ['vitest', 'fast-check'],
});
