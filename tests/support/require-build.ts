import { existsSync } from 'node:fs';
import { notBuilt } from '@bitten/proof';
import { programs } from './places.js';

/** Real programs are tested: without a build there is nothing to test, and that must not look like success. */
export function setup(): void {
  const missing = [...notBuilt(), ...Object.values(programs).filter((file) => !existsSync(file))];
  if (missing.length > 0) throw new Error(`not built: ${missing.join(', ')}; run pnpm build first`);
}
