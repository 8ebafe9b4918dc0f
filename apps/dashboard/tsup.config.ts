import { defineConfig } from 'tsup';
import { library } from '../../tsup.base.ts';

// It empties dist: vite, which puts the web pages into dist/web, comes after it.
export default defineConfig(library(['src/index.ts', 'src/settings.ts', 'src/queries/worker.ts']));
