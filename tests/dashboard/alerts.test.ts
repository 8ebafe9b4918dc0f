import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { until } from '@bitten/proof';
import { describe, expect, onTestFinished, test } from 'vitest';
import { hasChromium, openPage, startAlerts, startWatched } from '../support/dashboard.js';
import { tryPublish } from '../support/outage.js';

describe.skipIf(!hasChromium)('an alert in the browser', () => {
  test('fires, is delivered to a real server, is acknowledged and silenced', async () => {
    const bodies: string[] = [];
    const server = createServer((request, response) => {
      let body = '';
      request.setEncoding('utf8').on('data', (text: string) => {
        body += text;
      });
      request.on('end', () => {
        bodies.push(body);
        response.end('ok');
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const { system, dashboard } = await startWatched();
    const rules = system.file('rules.yaml');
    writeFileSync(
      rules,
      `channels: [{ name: desk, kind: webhook, url: "http://127.0.0.1:${(server.address() as AddressInfo).port}", group: { wait: 0s } }]
rules:
  - { name: withdrawal, severity: critical, when: { event: user_action, where: data.action == "withdraw" }, per: data.user_id, message: "{{key}} withdraws" }
`,
    );
    await startAlerts(system, rules, { BITTEN_DASHBOARD_URL: dashboard.origin });
    const page = await openPage(dashboard, '#/alerts');
    await page.getByText('withdrawal').first().waitFor();
    const withdraw = (n: number) =>
      tryPublish(system, {
        producer: 'p',
        first: n,
        events: [
          {
            event_type: 'user_action',
            timestamp: Date.now() / 1000,
            source: 'webapp',
            data: { user_id: 'user-7', action: 'withdraw' },
          },
        ],
      });
    await withdraw(1);
    await page.getByRole('link', { name: 'user-7 withdraws' }).first().waitFor();
    await until('the webhook', () => bodies.length > 0);
    const told = JSON.parse(bodies[0]!) as { alerts: Array<{ link: string; message: string }> };
    expect(told.alerts).toMatchObject([{ message: 'user-7 withdraws' }]);
    // The link of the notification leads to the alert itself.
    await page.goto(told.alerts[0]!.link);
    await page.getByText('delivered').first().waitFor();
    await page.getByRole('textbox', { name: /note/i }).fill('called him');
    await page.getByRole('button', { name: /acknowledge/i }).click();
    await page.getByText('called him').first().waitFor();
    await page
      .getByRole('button', { name: /^Silence/ })
      .first()
      .click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('textbox', { name: /reason/i }).fill('payday');
    await dialog.getByRole('button', { name: /silence/i }).click();
    await page.getByText('payday').first().waitFor();
    await withdraw(2);
    await page.goto(`${dashboard.origin}/#/alerts`);
    await page.getByText('silenced').first().waitFor();
    expect(bodies).toHaveLength(1);
  });
});
