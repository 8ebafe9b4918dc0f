import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { apps, root } from '@bitten/proof';

/** The programs under test, as they are built. */
export const programs = {
  ...apps,
  cli: join(root, 'apps/cli/dist/bitten.js'),
  dev: join(root, 'apps/dev/dist/index.js'),
} as const;

/** A component of ours that plays a part in these tests: a plain script that node runs as it is. */
export function component(
  name: 'publisher' | 'steady-publisher' | 'spooler' | 'subscriber' | 'feed-reader' | 'herd' | 'disk',
): string {
  return join(root, 'tests/support/programs', `${name}.mjs`);
}

/** Real data of the running system, where somebody has put it beside the checkout; else undefined. */
export function realDataFolder(): string | undefined {
  const folder = resolve(root, '../shared/data');
  return existsSync(folder) ? folder : undefined;
}
