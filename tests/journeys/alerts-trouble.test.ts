import { rmSync, writeFileSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { EventBridge } from '@bitten/bridge';
import { AlertBook, bookFile } from '@bitten/notify';
import { until } from '@bitten/proof';
import Database from 'better-sqlite3';
import { expect, onTestFinished, test } from 'vitest';
import { startAlerts } from '../support/dashboard.js';
import { Receiver } from '../support/receiver.js';
import { System } from '../support/system.js';

const soon = { timeout_ms: 60_000 };
const each = `  - { name: probe, when: { event: system_health, where: data.component.startsWith("probe-") }, per: data.component }`;

function write(system: System, receiver: Receiver, { rules = each, more = '' } = {}): string {
  const file = system.file('alerts.yaml');
  const hook = `  - { name: hook, kind: webhook, url: "${receiver.url}", group: { by: none } }`;
  writeFileSync(file, `rules:\n${rules}\nchannels:\n${hook}\n${more}`);
  return file;
}

function bookOf({ dataDir }: System): AlertBook {
  const book = new AlertBook({ dataDir });
  onTestFinished(() => book.close());
  return book;
}

function deskOf(system: System, name = 'desk'): EventBridge {
  const bridge = new EventBridge({ port: system.ports.bus, name, spoolDir: system.file(name) });
  onTestFinished(() => bridge.close({ timeout_ms: 0 }));
  return bridge;
}

const probe = (name: string) =>
  ({ event_type: 'system_health', data: { component: `probe-${name}`, status: 'error' } }) as const;

test('a bus that is not there when the alerts start is told of, and its coming too', async () => {
  const [system, receiver] = [await System.prepare(), await Receiver.start()];
  const rules = '  - { name: away, when: { system: bus_away_s, above: 1 } }';
  await startAlerts(system, write(system, receiver, { rules }));
  const said = () => receiver.received.flatMap(({ notification }) => notification.alerts.map((a) => a.state));
  await until('somebody to be told', () => said().includes('firing'), soon);
  await system.startBus();
  await until('the end to be told', () => said().includes('resolved'), soon);
  expect(said()).toEqual(['firing', 'resolved']);
});

test('a bus that comes back with another log is followed from there', async () => {
  const [system, receiver] = [await System.prepare(), await Receiver.start()];
  await system.startBus();
  const desk = deskOf(system);
  await startAlerts(system, write(system, receiver));
  const book = bookOf(system);
  await until('the alerts to find the log', () => book.checkpoint() !== null, soon);
  const before = book.checkpoint()!.log_id;
  for (const n of ['1', '2', '3']) await desk.publish(probe(n));
  await until('all to be told', () => receiver.keys.length === 3, soon);
  await desk.close({ timeout_ms: 0 });
  await system.bus.stop();
  rmSync(join(system.dataDir, 'log'), { recursive: true });
  await system.startBus();
  await until('the other log to be found', () => book.checkpoint()!.log_id !== before, soon);
  await deskOf(system, 'other').publish(probe('new'));
  await until('the new one to be told', () => receiver.keys.includes('probe-new'), soon);
  expect(receiver.keys).toEqual(['probe-1', 'probe-2', 'probe-3', 'probe-new']);
});

test('events that came slowly do not count as having come at once after a crash', async () => {
  const [system, receiver] = [await System.prepare(), await Receiver.start()];
  await system.startBus();
  const desk = deskOf(system);
  const rules = `${each}\n  - { name: burst, when: { rate_of: system_health, within: 500ms, above: 3 } }`;
  const file = write(system, receiver, { rules });
  const alerts = await startAlerts(system, file);
  const book = bookOf(system);
  await until('the alerts to find the log', () => book.checkpoint() !== null, soon);
  await alerts.kill();
  for (let n = 0; n < 6; n += 1) {
    await desk.publish({ event_type: 'system_health', data: { component: 'slow', status: 'running' } });
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
  await startAlerts(system, file);
  await desk.publish(probe('last'));
  await until('the last one to be told', () => receiver.keys.includes('probe-last'), soon);
  expect(receiver.keys).toEqual(['probe-last']);
});

test('a book that is locked while something is sent: it is told once', async () => {
  const [system, receiver] = [await System.prepare(), await Receiver.start()];
  await system.startBus();
  const desk = deskOf(system);
  const alerts = await startAlerts(system, write(system, receiver));
  const book = bookOf(system);
  await until('the alerts to find the log', () => book.checkpoint() !== null, soon);
  const other = new Database(system.file(bookFile));
  onTestFinished(() => void other.close());
  receiver.answer = () => {
    receiver.answer = () => 204;
    other.exec('BEGIN IMMEDIATE');
    return 204;
  };
  await desk.publish(probe('1'));
  await alerts.logged('trouble', ({ msg }) => String(msg).includes('cannot be read or noted'));
  other.exec('COMMIT');
  await desk.publish(probe('2'));
  await until('the next one', () => receiver.keys.includes('probe-2'), soon);
  expect(receiver.keys).toEqual(['probe-1', 'probe-2']);
});

test('a mail server that never comes to an end holds up nobody, also when the channels change', async () => {
  const [system, receiver] = [await System.prepare(), await Receiver.start()];
  await system.startBus();
  const desk = deskOf(system);
  const sockets = new Set<Socket>();
  const drip = setInterval(() => {
    for (const socket of sockets) socket.write('220-a little more\r\n');
  }, 500);
  const server = createServer((socket) => {
    sockets.add(socket.on('error', () => {}));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    clearInterval(drip);
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const { port } = server.address() as { port: number };
  const more = `  - { name: mail, kind: email, host: 127.0.0.1, port: ${port}, security: none, from: a@example.com, to: b@example.com, group: { by: none } }\n`;
  const file = write(system, receiver, { more });
  const alerts = await startAlerts(system, file);
  const book = bookOf(system);
  await until('the alerts to find the log', () => book.checkpoint() !== null, soon);
  await desk.publish(probe('1'));
  await until('the mail to hang', () => sockets.size > 0 && receiver.keys.length === 1, soon);
  write(system, receiver, { more, rules: `${each}\n` });
  await alerts.logged('changed', ({ msg }) => msg === 'the rule file has changed');
  await desk.publish(probe('2'));
  await until('the others to be told', () => receiver.keys.includes('probe-2'), soon);
  expect(receiver.keys).toEqual(['probe-1', 'probe-2']);
});
