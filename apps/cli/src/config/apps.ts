import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type AppName, type Definition, findRoot } from '@bitten/runtime';
import { BittenError } from '@bitten/schema';
import { cliSettings } from '../settings.js';

/** The apps whose settings are shown, in this order. */
export const shownApps = ['bus', 'collector', 'alerts', 'dashboard', 'dev', 'cli'] as const;
export type ShownApp = (typeof shownApps)[number];

/** What an app declares: its settings, and the rule over all of them together where it has one. */
export interface Declared {
  app: AppName;
  definition: Definition;
  check: ((values: Record<string, unknown>) => void) | undefined;
}

/** The app's declarations are not there to be read. */
class NotBuiltError extends BittenError {
  constructor(app: ShownApp, file: string) {
    super('not_built', `the settings of ${app} cannot be shown: the app has not been built`, {
      found: `no ${file}`,
      expected: 'the built app in the same checkout',
      remedy: 'pnpm build',
    });
  }
}

/**
 * Reads what an app declares from the built app itself: apps know nothing of each other, and what is shown must be
 * what the program that runs would read. Throws `NotBuiltError`.
 */
export async function declaredBy(app: ShownApp): Promise<Declared> {
  if (app === 'cli') return { app, definition: cliSettings, check: undefined };
  const here = dirname(fileURLToPath(import.meta.url));
  const file = `${findRoot(here)}/apps/${app}/dist/settings.js`;
  if (!existsSync(file)) throw new NotBuiltError(app, file);
  const module = (await import(new URL(`file://${file}`).href)) as Record<string, unknown>;
  const definition = module[`${app}Settings`] as Definition;
  const check = module[`check${app[0]!.toUpperCase()}${app.slice(1)}Settings`];
  return { app, definition, check: check as Declared['check'] };
}
