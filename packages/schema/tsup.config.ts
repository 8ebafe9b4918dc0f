import { defineConfig } from 'tsup';
import { library } from '../../tsup.base.ts';

export default defineConfig(
  library(['src/index.ts', 'src/events/fields.ts', 'src/json-schema.ts', 'src/testing/index.ts']),
);
