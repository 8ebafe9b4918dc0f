import { defineConfig } from 'tsup';
import { library } from '../../tsup.base.ts';

// Run from the folder of the tests.
export default defineConfig({
  ...library(['screenshots/index.ts']),
  outDir: 'screenshots/dist',
  skipNodeModulesBundle: true,
});
