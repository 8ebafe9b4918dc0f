import { defineConfig } from 'tsup';
import { library } from '../tsup.base.ts';

export default defineConfig(
  library([
    'src/index.ts',
    'src/programs/dealer.ts',
    'src/programs/metronome.ts',
    'src/programs/publisher.ts',
    'src/programs/reader.ts',
    'src/programs/router.ts',
    'src/programs/sqlite.ts',
  ]),
);
