import { describe, expect, test } from 'vitest';
import { hasChromium, openPage, startWatched } from '../support/dashboard.js';
import { tryPublish } from '../support/outage.js';

const signal = {
  event_type: 'signal_generated',
  source: 'elite_guard',
  data: {
    signal_id: 'SIG-1',
    symbol: 'EURUSD',
    direction: 'BUY',
    confidence: 85,
    pattern_type: 'ORDER_BLOCK',
  },
  correlation_id: 'SIG-1',
};
const about = { correlation_id: 'SIG-1', source: 'test' };
const trade = { fire_id: 'F-1', symbol: 'EURUSD', direction: 'BUY' };
const chain = [
  {
    ...about,
    event_type: 'fire_command',
    data: { ...trade, signal_id: 'SIG-1', user_id: 'u', lot_size: 0.1, execution_mode: 'AUTO' },
  },
  {
    ...about,
    event_type: 'trade_executed',
    data: { ...trade, ticket: 7, volume: 0.1, open_price: 1.1, execution_time: 1_757_957_318 },
  },
  {
    ...about,
    event_type: 'trade_outcome',
    data: { fire_id: 'F-1', outcome: 'TP_HIT', profit: 12.5, pips: 3 },
  },
];

/** Now, each a tenth of a second after the one before. */
function stamped(events: readonly object[]): object[] {
  const now = Date.now() / 1000;
  return events.map((event, i) => ({ timestamp: now + i / 10, ...event }));
}

describe.skipIf(!hasChromium)('events in the browser', () => {
  test('a published signal appears by itself, and its chain completes', async () => {
    const { system, dashboard } = await startWatched();
    const page = await openPage(dashboard, '#/events?types=signal_generated');
    await page.getByText('Live', { exact: true }).waitFor();
    const published = performance.now();
    await tryPublish(system, { producer: 'p', first: 1, events: stamped([signal]) });
    await page.getByRole('link', { name: 'signal_generated' }).waitFor();
    console.info(`published to visible: ${Math.round(performance.now() - published)} ms`);
    await page.goto(`${dashboard.origin}/#/lifecycle/SIG-1`);
    await page.getByRole('heading', { name: 'Lifecycle' }).waitFor();
    await tryPublish(system, { producer: 'p', first: 2, events: stamped(chain) });
    await page.getByText('TP_HIT').first().waitFor();
    await page.getByText('closed').first().waitFor();
  });

  test('pause holds what is seen, and go on shows what came meanwhile', async () => {
    const { system, dashboard } = await startWatched();
    const page = await openPage(dashboard, '#/events?types=note');
    const publish = (n: number) =>
      tryPublish(system, {
        producer: 'p',
        first: n,
        events: stamped([{ event_type: 'note', source: 'test', data: { text: `note ${n}` } }]),
      });
    await page.getByText('Live', { exact: true }).waitFor();
    await publish(1);
    await page.getByText('note 1').waitFor();
    await page.getByRole('button', { name: 'Pause' }).click();
    await publish(2);
    await page.getByText('Paused; 1 event since').waitFor();
    expect(await page.getByText('note 2').count()).toBe(0);
    await page.getByRole('button', { name: 'Go on' }).click();
    await page.getByText('note 2').waitFor();
  });

  test('what is hostile in an event is text, on every page that shows it', async () => {
    const { system, dashboard } = await startWatched();
    const evil = '"><img src=x onerror="document.title=1"><script>document.title=2</script>';
    const events = stamped([
      {
        event_type: 'note',
        source: evil.slice(0, 90),
        data: { text: evil, '<b>key</b>': '</pre><script>1' },
      },
      { ...signal, data: { ...signal.data, signal_id: evil, pattern_type: evil }, correlation_id: evil },
      { ...chain[0], correlation_id: evil, data: { ...chain[0]!.data, fire_id: evil, signal_id: evil } },
      { event_type: 'system_health', source: 'x', data: { component: evil, status: 'error', message: evil } },
      {
        event_type: 'balance_update',
        source: 'x',
        data: { user_id: 'u', account_number: evil.slice(0, 50), balance: 1, equity: 1 },
      },
      { event_type: 'market_data', source: 'x', data: { symbol: '<b>x</b>', bid: 1, ask: 1, timestamp: 1 } },
      { event_type: 'note', source: 'x' },
    ]);
    await tryPublish(system, { producer: 'p', first: 1, events });
    await system.settled();
    const page = await openPage(dashboard, '#/events?mode=search');
    let dialogs = 0;
    page.on('dialog', (dialog) => {
      dialogs += 1;
      void dialog.dismiss();
    });
    const paths = [
      'events/1?mode=search',
      'events/2',
      'now',
      'trading',
      'time-machine',
      'lifecycle',
      'dead-letters/1',
    ];
    for (const path of [
      ...paths,
      `lifecycle/${encodeURIComponent(evil)}`,
      `alerts/${encodeURIComponent(evil)}`,
    ]) {
      await page.goto(`${dashboard.origin}/#/${path}`);
      await page.getByRole('heading', { level: 1 }).waitFor();
      await page.waitForLoadState('networkidle').catch(() => undefined);
      expect(await page.title()).toContain('BITTEN');
      expect(await page.locator('main img, main script').count(), path).toBe(0);
    }
    await page.goto(`${dashboard.origin}/#/events/2`);
    // The bus's own first heartbeat is event 1.
    await page.getByText('onerror=').first().waitFor();
    expect(dialogs).toBe(0);
  });
});
