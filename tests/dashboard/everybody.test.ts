import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { untilLoaded } from '../support/browser.js';
import { hasChromium, openPage, startWatched } from '../support/dashboard.js';
import { deskDay } from '../support/desk-day.js';
import { tryPublish } from '../support/outage.js';

const pages = [
  'now',
  'events',
  'events/3?mode=search',
  'lifecycle',
  'lifecycle/F1',
  'trading',
  'time-machine',
  'dead-letters',
  'dead-letters/1',
  'alerts',
];

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core'), 'utf8');
const standards = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

interface Violation {
  id: string;
  nodes: Array<{ target: string[]; failureSummary: string }>;
}

/** What axe finds against the standards, a line each. */
async function violations(page: Page): Promise<string[]> {
  await page.addScriptTag({ content: axe });
  const run = `axe.run(document, { runOnly: { type: 'tag', values: ${JSON.stringify(standards)} } })`;
  const found = (await page.evaluate(`${run}.then(({ violations }) => violations)`)) as Violation[];
  return found.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id}: ${target.join(' ')}: ${failureSummary}`),
  );
}

/** How wide all of the page is, pixels. */
async function widthOf(page: Page): Promise<number> {
  return (await page.evaluate('document.documentElement.scrollWidth')) as number;
}

describe.skipIf(!hasChromium)('the pages are for everybody', () => {
  test.each(['light', 'dark'] as const)(
    '%s: contrast, names and structure hold by WCAG 2.2 AA',
    async (theme) => {
      const { system, dashboard } = await startWatched();
      await tryPublish(system, {
        producer: 'p',
        first: 1,
        events: [...deskDay, { event_type: 'x', source: 'y' }],
      });
      await system.settled();
      const page = await openPage(dashboard, '#/now', { theme, letsScriptsIn: true });
      for (const path of pages) {
        await page.goto(`${dashboard.origin}/#/${path}`);
        await untilLoaded(page);
        expect(await violations(page), path).toEqual([]);
      }
    },
  );

  test('a phone shows each page without scrolling sideways', async () => {
    const { system, dashboard } = await startWatched();
    await tryPublish(system, {
      producer: 'p',
      first: 1,
      events: [...deskDay, { event_type: 'x', source: 'y' }],
    });
    await system.settled();
    const page = await openPage(dashboard, '#/now', { width: 360, height: 740 });
    for (const path of pages) {
      await page.goto(`${dashboard.origin}/#/${path}`);
      await untilLoaded(page);
      expect(await widthOf(page), path).toBeLessThanOrEqual(360);
    }
  });

  test('every page is reached by the keyboard alone', async () => {
    const { dashboard } = await startWatched();
    const page = await openPage(dashboard, '#/now');
    await page.getByRole('heading', { name: 'Now' }).waitFor();
    for (const [key, title] of [
      ['e', 'Events'],
      ['l', 'Lifecycle'],
      ['s', 'Signals and trades'],
      ['t', 'Time machine'],
      ['d', 'Dead letters'],
      ['a', 'Alerts'],
      ['n', 'Now'],
    ] as const) {
      await page.keyboard.press('g');
      await page.keyboard.press(key);
      await page.getByRole('heading', { level: 1, name: title }).waitFor();
    }
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.tagName')).not.toBe('BODY');
  });

  test('says when bus and dashboard are away, and goes on when they are back', async () => {
    const { system, dashboard } = await startWatched();
    const page = await openPage(dashboard, '#/now');
    await page.getByText('for ').first().waitFor();
    await system.bus.kill();
    await page.getByText(/No bus:/).waitFor();
    await system.startBus();
    await page.getByText(/No bus:/).waitFor({ state: 'hidden' });
  });
});
