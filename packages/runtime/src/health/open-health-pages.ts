import type { HealthPages } from './health-pages.js';
import type { HealthOptions } from './types.js';

/**
 * `/metrics`, `/healthz` and `/readyz` for an app that serves pages of its own: the same as `startHealth` serves on a
 * port. What they need is loaded here, so that a command that has none does not wait for it.
 */
export async function openHealthPages<Facts>(
  options: Pick<HealthOptions<Facts>, 'app' | 'version' | 'facts' | 'families' | 'notReady'>,
): Promise<HealthPages> {
  const { makeHealthPages } = await import('./health-pages.js');
  return makeHealthPages(options);
}
