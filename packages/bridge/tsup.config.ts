import { defineConfig } from 'tsup';
import { library } from '../../tsup.base.ts';

// One CommonJS file, and around it what makes a package of it, see docs/adr. The packages of this workspace are
// bundled, being no `dependencies`. No source map: it would make the package twice as large, and the code is legible.
export default defineConfig({
  ...library(['src/index.ts']),
  format: ['cjs'],
  sourcemap: false,
  onSuccess: 'node scripts/write-entries.mjs && tsc -p tsconfig.build.json && node scripts/gather-types.mjs',
});
