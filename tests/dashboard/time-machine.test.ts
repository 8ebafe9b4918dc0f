import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { hasChromium, openPage, startWatched } from '../support/dashboard.js';
import { at, deskDay } from '../support/desk-day.js';
import { tryPublish } from '../support/outage.js';

/** The cells of a table, row by row. */
async function rowsOf(page: Page, name: string): Promise<string[][]> {
  const rows = await page.getByRole('table', { name }).locator('tbody tr').all();
  return Promise.all(rows.map((row) => row.locator('td').allInnerTexts()));
}

async function goTo(page: Page, time: string): Promise<void> {
  await page.getByRole('textbox', { name: 'Exact time' }).fill(`2026-01-05 ${time}`);
  await page.locator('form').getByRole('button', { name: 'Go there' }).click();
  await page.getByText(`As of 2026-01-05 ${time}`).waitFor();
}

describe.skipIf(!hasChromium)('the time machine in the browser', () => {
  test('shows at a known instant the balances and open trades that anybody can work out by hand', async () => {
    const { system, dashboard } = await startWatched();
    await tryPublish(system, { producer: 'p', first: 1, events: [...deskDay] });
    await system.settled();
    const page = await openPage(dashboard, '#/time-machine');
    await goTo(page, '14:32:00');
    await page.getByText('10,050.00').waitFor();
    const balances = await rowsOf(page, 'Balances by account');
    expect(balances.map(([account, user, balance, equity]) => [account, user, balance, equity])).toEqual([
      ['A1', 'user-1', '10,050.00', '10,020.00'],
      ['B1', 'user-2', '5,000.00', '5,010.00'],
    ]);
    const fires = async () =>
      (await rowsOf(page, 'Trades that were open, the newest first')).map((row) =>
        row.find((cell) => /^F\d$/.test(cell)),
      );
    expect(await fires()).toEqual(['F3', 'F2', 'F1']);
    await page.getByText('1.1032').first().waitFor();
    // The slider itself: a minute back, two seconds on, by the keyboard.
    const slider = page.getByRole('slider', { name: 'Instant' });
    await slider.focus();
    await page.keyboard.press('Shift+ArrowLeft');
    await page.getByText('As of 2026-01-05 14:31:00').waitFor();
    await page.getByRole('link', { name: 'F3', exact: true }).waitFor({ state: 'hidden' });
    expect(await fires()).toEqual(['F2', 'F1']);
    await goTo(page, '14:45:00');
    await page.getByText('10,150.00').first().waitFor();
    expect(await fires()).toEqual(['F3', 'F2']);
  });

  test('shows what is different between two instants', async () => {
    const { system, dashboard } = await startWatched();
    await tryPublish(system, { producer: 'p', first: 1, events: [...deskDay] });
    await system.settled();
    const page = await openPage(dashboard, '#/time-machine');
    await goTo(page, '14:32:00');
    await page.getByRole('button', { name: /Hold this instant/ }).click();
    await goTo(page, '14:45:00');
    // A1: 10,050.00 → 10,150.00.
    await page.getByText('+100.00').first().waitFor();
    await page.getByText('degraded').first().waitFor();
  });

  test('plays from there, at another speed, and to nobody who listens to what is live', async () => {
    const { system, dashboard } = await startWatched();
    await tryPublish(system, { producer: 'p', first: 1, events: [...deskDay] });
    await system.settled();
    const page = await openPage(dashboard, '#/time-machine');
    await goTo(page, '14:30:00');
    const end = await system.end();
    await page.getByRole('combobox', { name: 'Speed' }).selectOption({ label: '×1000' });
    await page.getByRole('button', { name: 'Play from here' }).click();
    await page
      .getByText(/ended|Played to the end|over/i)
      .first()
      .waitFor();
    expect(at('14:50:01')).toBeGreaterThan(at('14:30:00'));
    // Nothing of it is in the log: a replay is no publishing.
    expect(await system.end()).toBe(end);
  });
});
