import type { Page } from 'playwright-core';

/** One page as it is shown to somebody who has not seen it. */
export interface Picture {
  /** Of the file. */
  name: string;
  path: string;
  /** What is done on the page first. */
  prepare?: (page: Page) => Promise<void>;
}

const rows = (page: Page) => page.locator('tbody tr');

export const pictures: readonly Picture[] = [
  { name: 'now', path: 'now' },
  {
    name: 'events',
    path: 'events?mode=search&types=fire_command,trade_executed,trade_outcome,signal_generated',
    prepare: async (page) => {
      await rows(page).first().waitFor();
      await page.getByRole('link', { name: 'trade_executed' }).first().click();
      await page.getByText('What belongs to it').waitFor();
    },
  },
  {
    name: 'lifecycle',
    path: 'lifecycle',
    prepare: async (page) => {
      await page.getByText('closed').first().waitFor();
      const closed = rows(page).filter({ hasText: 'closed' }).first();
      await closed.getByRole('link').first().click();
      await page.getByText('outcome').first().waitFor();
    },
  },
  {
    name: 'signals-and-trades',
    path: 'trading',
    prepare: async (page) => {
      await page.getByText('Balance and equity').waitFor();
      await page.locator('.plot canvas').first().waitFor();
    },
  },
  {
    name: 'time-machine',
    path: 'time-machine',
    prepare: async (page) => {
      const slider = page.getByRole('slider', { name: 'Instant' });
      await slider.focus();
      await page.keyboard.press('Shift+PageDown');
      await page.keyboard.press('PageDown');
      await page.getByText('Open trades').first().waitFor();
      await page.waitForLoadState('networkidle').catch(() => undefined);
    },
  },
  {
    name: 'dead-letters',
    path: 'dead-letters/1',
    prepare: async (page) => {
      await page.getByRole('textbox', { name: 'Payload' }).waitFor();
      await page.getByText('data.confidence').first().waitFor();
    },
  },
  {
    name: 'alerts',
    path: 'alerts',
    prepare: async (page) => {
      await rows(page).first().waitFor();
    },
  },
];
