import { defineConfig } from 'tsup';
import { library } from '../../tsup.base.ts';

// Run from the folder of the tests.
export default defineConfig({
  ...library([
    'soak/index.ts',
    'soak/programs/publisher.ts',
    'soak/programs/witness.ts',
    'soak/programs/heap.ts',
  ]),
  outDir: 'soak/dist',
  // The packages of the workspace are run as they are built, and not copied in here.
  skipNodeModulesBundle: true,
});
