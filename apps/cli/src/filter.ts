import type { EventFilter } from '@bitten/transport';
import type { Command } from 'commander';
import { listOption } from './command.js';

/** The filters of those commands that read the log. */
export interface FilterOptions {
  type?: string[];
  symbol?: string[];
  user?: string[];
  source?: string[];
}

export function addFilters(command: Command): Command {
  return command
    .addOption(listOption('-t, --type <type>', 'only events of these types'))
    .addOption(listOption('-s, --symbol <symbol>', 'only these symbols'))
    .addOption(listOption('-u, --user <id>', 'only these users'))
    .addOption(listOption('--source <name>', 'only from these components'));
}

export function filterOf({ type, symbol, user, source }: FilterOptions): EventFilter {
  return {
    ...(type === undefined ? {} : { types: type }),
    ...(symbol === undefined ? {} : { symbols: symbol }),
    ...(user === undefined ? {} : { users: user }),
    ...(source === undefined ? {} : { sources: source }),
  };
}
