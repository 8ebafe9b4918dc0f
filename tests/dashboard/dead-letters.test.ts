import { describe, expect, test } from 'vitest';
import { hasChromium, openPage, startWatched } from '../support/dashboard.js';
import { tryPublish } from '../support/outage.js';

const wrong = {
  event_type: 'signal_generated',
  timestamp: 1_757_957_318,
  source: 'elite_guard',
  data: { signal_id: 'SIG-9', symbol: 'EURUSD', direction: 'LONG', confidence: 85, pattern_type: 'SWEEP' },
};

describe.skipIf(!hasChromium)('a dead letter in the browser', () => {
  test('is corrected, validated as one types, and driven again once', async () => {
    const { system, dashboard } = await startWatched();
    await tryPublish(system, { producer: 'p', first: 1, events: [wrong] });
    await system.settled();
    const page = await openPage(dashboard, '#/dead-letters/1');
    const payload = page.getByRole('textbox', { name: 'Payload' });
    await page.getByText('data.direction').first().waitFor();
    const text = await payload.inputValue();
    const drive = page.getByRole('button', { name: 'Publish it corrected' });
    await payload.fill(text.replace('LONG', 'LONGER'));
    await page.getByText('LONGER').first().waitFor();
    expect(await drive.isDisabled()).toBe(true);
    await payload.fill(text.replace('LONG', 'BUY'));
    const force = page.getByRole('checkbox', { name: /publish it all the same/ });
    await page.locator('main').getByText('found LONGER').waitFor({ state: 'hidden' });
    if ((await force.count()) > 0) await force.check();
    await drive.click();
    await page.getByRole('link', { name: 'Look at it' }).waitFor();
    await system.settled();
    const client = await system.client();
    const { body } = await client.fetch({ from: 1, filter: { types: ['signal_generated'] } });
    expect(
      body
        .toString('utf8')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toEqual([{ ...wrong, data: { ...wrong.data, direction: 'BUY' } }]);
  });

  test('is discarded with a reason that is kept; without the token nothing can be done', async () => {
    const { system, dashboard } = await startWatched();
    await tryPublish(system, { producer: 'p', first: 1, events: [wrong] });
    await system.settled();
    const reader = await openPage(dashboard, '#/dead-letters/1', { mayChange: false });
    await reader.getByRole('textbox', { name: 'Payload' }).waitFor();
    for (const name of ['Drive it again', 'Discard it']) {
      expect(await reader.getByRole('button', { name }).isDisabled(), name).toBe(true);
    }
    const page = await openPage(dashboard, '#/dead-letters/1');
    const discard = page.getByRole('button', { name: 'Discard it' });
    await discard.waitFor();
    expect(await discard.isDisabled()).toBe(true);
    await page.getByRole('textbox', { name: /Reason/ }).fill('a test of the engine');
    await discard.click();
    await page.getByText('a test of the engine').first().waitFor();
  });
});
