import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Program, root } from '@bitten/proof';
import type { Page } from 'playwright-core';
import { expect, onTestFinished } from 'vitest';
import { chromiumPath, launchBrowser, type OpenOptions, openContext, watchPage } from './browser.js';
import { System } from './system.js';
import { saySkipped } from './tools.js';

/** Without a browser nothing of the pages is tested, and that is said. */
export const hasChromium = chromiumPath !== undefined;
if (!hasChromium) {
  saySkipped('the pages in a browser', 'no chromium (Debian package chromium; or CHROMIUM_PATH)');
}

/** A dashboard on a system of its own. */
export interface Dashboard {
  program: Program;
  /** `http://127.0.0.1:PORT`. */
  origin: string;
  token: string;
}

/** The dashboard as a process of its own, on a port the system chooses. */
export async function startDashboard(
  system: Pick<System, 'run' | 'dataDir'>,
  env: Record<string, string> = {},
): Promise<Dashboard> {
  const program = system.run('dashboard', join(root, 'apps/dashboard/dist/index.js'), { env });
  const { http } = await program.logged('ready', ({ msg }) => msg === 'ready');
  if (typeof http !== 'number') throw new Error(`the dashboard does not say its port: ${program.tail()}`);
  const token = readFileSync(join(system.dataDir, 'dashboard-token'), 'utf8').trim();
  return { program, origin: `http://127.0.0.1:${http}`, token };
}

/** The alerts as a process of their own; `rules` is a rule file. */
export async function startAlerts(
  system: Pick<System, 'run'>,
  rules: string,
  env: Record<string, string> = {},
): Promise<Program> {
  const program = system.run('alerts', join(root, 'apps/alerts/dist/index.js'), {
    env: { BITTEN_ALERT_RULES: rules, ...env },
  });
  await program.logged('ready', ({ msg }) => msg === 'ready');
  return program;
}

/** Bus, collector and dashboard, all ready. */
export async function startWatched(): Promise<{ system: System; dashboard: Dashboard }> {
  const system = await System.start();
  return { system, dashboard: await startDashboard(system) };
}

/** A page of the dashboard, with the right to change things; a test ends badly where the page has complained. */
export async function openPage(
  { origin, token }: Dashboard,
  path: string,
  options: OpenOptions & { mayChange?: boolean } = {},
): Promise<Page> {
  const { mayChange = true } = options;
  const browser = await launchBrowser();
  onTestFinished(() => browser.close());
  const context = await openContext(browser, options);
  const page = await context.newPage();
  page.setDefaultTimeout(30_000);
  const trouble = watchPage(page, origin);
  onTestFinished(() => expect(trouble).toEqual([]));
  // The address with the token is the one a person opens first; it is kept for those that follow.
  if (mayChange) await page.goto(`${origin}/#token=${token}`);
  await page.goto(`${origin}/${path}`);
  return page;
}
