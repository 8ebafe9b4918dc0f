import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { defineConfig } from 'tsup';
import { library } from '../../tsup.base.ts';

const runtime = pathToFileURL(resolve('../packages/runtime/dist/index.js')).href;

// Run from the folder of the tests. The decoders are taken from the sources, below what their packages make public.
export default defineConfig({
  ...library(['fuzz/index.ts', 'fuzz/child.ts']),
  outDir: 'fuzz/dist',
  external: ['zeromq', 'better-sqlite3'],
  noExternal: [/^@bitten\//],
  esbuildPlugins: [
    {
      // It asks for packages of its own while it runs, and finds them only from where it is.
      name: 'runtime-in-place',
      setup: (build) => {
        build.onResolve({ filter: /^@bitten\/runtime$|packages\/runtime\/dist/ }, () => ({
          path: runtime,
          external: true,
        }));
      },
    },
  ],
});
