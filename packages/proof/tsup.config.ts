import { defineConfig } from 'tsup';
import { library } from '../../tsup.base.ts';

export default defineConfig(
  library([
    'src/index.ts',
    'src/faults.ts',
    'src/programs/publisher.ts',
    'src/programs/subscriber.ts',
    'src/programs/raw-publisher.ts',
    'src/preload/preload.ts',
    'src/preload/executioner.ts',
    'src/power/injected/preload.ts',
    'src/mutants/register.ts',
    'src/mutants/load-hook.ts',
    'src/mutants/command.ts',
  ]),
);
