import { inspect } from 'node:util';
import type { Answer, Commands, Question } from '../system/program.js';

/**
 * Makes this process a program that answers what its parent asks, and ends when the parent has gone.
 * Several questions may be under way at once.
 */
export function serve(commands: Commands): void {
  process.on('message', (message) => void answer(commands, message as Question));
  process.once('disconnect', () => process.exit());
  process.once('SIGTERM', () => process.exit());
  process.send?.('ready');
}

async function answer(commands: Commands, { id, command, argument }: Question): Promise<void> {
  try {
    const result = await (commands[command] as (argument: unknown) => unknown)(argument);
    reply({ id, result });
  } catch (error) {
    reply({ id, error: inspect(error) });
  }
}

function reply(answered: Answer): void {
  // A parent that has gone needs no answer.
  process.send?.(answered, undefined, undefined, () => {});
}
