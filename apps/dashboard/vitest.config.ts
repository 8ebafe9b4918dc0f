import { defineConfig } from 'vitest/config';

// The pages' own configuration makes `web` the root, where no test is.
export default defineConfig({ test: { root: import.meta.dirname } });
