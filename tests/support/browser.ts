import { existsSync } from 'node:fs';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';

const places = [
  process.env.CHROMIUM_PATH,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
];

/** The browser on this machine; undefined where there is none. */
export const chromiumPath = places.find((path) => path !== undefined && existsSync(path));

/** It is to talk to nobody but the page. */
const quiet = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export type Theme = 'light' | 'dark';

export interface OpenOptions {
  theme?: Theme;
  width?: number;
  height?: number;
  /** Lets a test's own script into the page, which the page's policy would keep out. */
  letsScriptsIn?: boolean;
}

/** A browser with nothing in it. Whoever opens it closes it. */
export function launchBrowser(): Promise<Browser> {
  if (chromiumPath === undefined) throw new Error('there is no chromium');
  return chromium.launch({ executablePath: chromiumPath, args: quiet });
}

/** A context of the theme and size, with a clipboard. */
export function openContext(
  browser: Browser,
  { theme = 'light', width = 1280, height = 800, letsScriptsIn = false }: OpenOptions = {},
): Promise<BrowserContext> {
  return browser.newContext({
    colorScheme: theme,
    bypassCSP: letsScriptsIn,
    viewport: { width, height },
    reducedMotion: 'reduce',
    locale: 'en-GB',
    timezoneId: 'UTC',
    permissions: ['clipboard-read', 'clipboard-write'],
  });
}

/** What a page has said is wrong with it, and whom it has asked beyond `origin`. */
export function watchPage(page: Page, origin: string): string[] {
  const trouble: string[] = [];
  page.on('pageerror', (error) => trouble.push(`threw: ${error.message}`));
  page.on('console', (message) => {
    // A request that is refused, as some tests want it, is the page's to tell and not its fault.
    if (message.type() !== 'error' || message.text().startsWith('Failed to load resource')) return;
    trouble.push(`console: ${message.text()}`);
  });
  page.on('request', (request) => {
    const url = request.url();
    if (!url.startsWith(origin) && !url.startsWith('data:') && !url.startsWith('blob:')) {
      trouble.push(`asked ${url}`);
    }
  });
  return trouble;
}

/** Until the page has what it asks for first. */
export async function untilLoaded(page: Page): Promise<void> {
  await page.getByRole('heading', { level: 1 }).waitFor();
  for (const text of [/^Loading …/, /^Waiting for the first/]) {
    await page.locator('main').getByText(text).first().waitFor({ state: 'hidden' });
  }
}
