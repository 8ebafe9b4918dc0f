import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root, System } from '@bitten/proof';
import type { Browser, Page } from 'playwright-core';
import { launchBrowser, openContext, type Theme, untilLoaded } from '../support/browser.js';
import { type Picture, pictures } from './pictures.js';
import { Scene } from './scene.js';
import { serveDashboard } from './serve.js';

/** `pnpm screenshots`: every page of the dashboard, light and dark, into docs/pictures. */
const folder = join(root, 'docs/pictures');
const size = { width: 1280, height: 860 };

const workDir = mkdtempSync(join(tmpdir(), 'bitten-pictures-'));
const system = await System.in(workDir);
const scene = new Scene(system);
try {
  await take();
} finally {
  await scene.end();
  await system.close();
  rmSync(workDir, { recursive: true, force: true });
}

async function take(): Promise<void> {
  mkdirSync(folder, { recursive: true });
  await system.startBus();
  await system.startCollector();
  say('three days of a market are published …');
  await scene.past();
  const { origin, token } = await serveDashboard(system);
  await scene.present(40);
  say('a minute of a market that is open now …');
  await scene.untilItIsLively();
  const browser = await launchBrowser();
  try {
    for (const theme of ['light', 'dark'] as const)
      await takeAll(browser, theme, `${origin}/#token=${token}`);
  } finally {
    await browser.close();
  }
}

async function takeAll(browser: Browser, theme: Theme, address: string): Promise<void> {
  const context = await openContext(browser, { theme, ...size });
  const page = await context.newPage();
  await page.goto(address);
  for (const picture of pictures) {
    const file = join(folder, `${picture.name}-${theme}.png`);
    writeFileSync(file, await takeOne(page, picture));
    say(file);
  }
  await context.close();
}

async function takeOne(page: Page, { path, prepare }: Picture): Promise<Buffer> {
  await page.goto(`${new URL(page.url()).origin}/#/${path}`);
  await untilLoaded(page);
  await prepare?.(page);
  return page.screenshot();
}

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}
