import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { EventBridge } from '@bitten/bridge';
import { AlertBook, bookFile } from '@bitten/notify';
import { type Program, until } from '@bitten/proof';
import Database from 'better-sqlite3';
import { describe, expect, onTestFinished, test } from 'vitest';
import { startAlerts } from '../support/dashboard.js';
import { Receiver } from '../support/receiver.js';
import { scaled, seeded, testSeed } from '../support/scale.js';
import { System } from '../support/system.js';

const soon = { timeout_ms: 60_000 };

/** One alert an event of a probe, each told by itself. */
const probes = `
  - name: probe
    when: { event: system_health, where: data.component.startsWith("probe-") }
    per: data.component
`;

function rulesFor(receiver: Receiver, rules = probes, group = '{ by: none }'): string {
  return `rules:${rules}\nchannels:\n  - { name: hook, kind: webhook, url: "${receiver.url}", group: ${group} }\n`;
}

interface Stage {
  system: System;
  receiver: Receiver;
  bridge: EventBridge;
  book: AlertBook;
  ruleFile: string;
  /** The alerts, holding the log against the rules. */
  alerts: Program;
}

/** A system with alerts that have found the end of the log. */
async function stage({ rules = probes, group = '{ by: none }' } = {}): Promise<Stage> {
  const [system, receiver] = [await System.start(), await Receiver.start()];
  const ruleFile = system.file('alerts.yaml');
  writeFileSync(ruleFile, rulesFor(receiver, rules, group));
  const bridge = new EventBridge({ port: system.ports.bus, name: 'desk', spoolDir: system.file('spool') });
  onTestFinished(() => bridge.close({ timeout_ms: 0 }));
  await bridge.publish(probe('history'));
  const alerts = await startAlerts(system, ruleFile);
  const book = new AlertBook({ dataDir: system.dataDir });
  onTestFinished(() => book.close());
  await until('the alerts to find the log', () => book.checkpoint() !== null, soon);
  return { system, receiver, bridge, book, ruleFile, alerts };
}

function probe(name: string | number) {
  return {
    event_type: 'system_health',
    data: { component: `probe-${name}`, status: 'error' },
  } as const;
}

const key = (name: string | number) => `probe-${name}`;

describe('alerts, killed at any moment', () => {
  test('a steady stream: each is told, in order, and at most one again for each kill', async () => {
    const { system, receiver, bridge, ruleFile, ...rest } = await stage();
    let { alerts } = rest;
    const random = seeded(testSeed(), 'alerts');
    const [count, kills] = [scaled(400, 3_000), scaled(8, 40)];
    const publishing = (async () => {
      for (let n = 0; n < count; n += 1) {
        await bridge.publish(probe(n));
        // No faster than it is told: there is to be something at every stage when the kill comes.
        await until('those before it', () => receiver.keys.length > n - 40, soon);
      }
    })();
    for (let kill = 1; kill <= kills; kill += 1) {
      const reached = Math.floor((0.9 * count * (kill - random.float())) / kills);
      await until(`${reached} to be told`, () => receiver.keys.length >= reached, soon);
      await alerts.kill();
      alerts = await startAlerts(system, ruleFile);
    }
    await publishing;
    const all = Array.from({ length: count }, (_, n) => key(n));
    await until('the last', () => receiver.keys.includes(key(count - 1)), soon);
    expect([...new Set(receiver.keys)], 'each, in the order of the log, and no history').toEqual(all);
    expect(receiver.keys.length - count, 'told again').toBeLessThanOrEqual(kills);
    const pairs = receiver.received.map(({ id, notification }) => `${id} ${notification.alerts[0]!.id}`);
    expect(new Set(pairs).size, 'what is told again has its old id').toBe(count);
  }, 240_000);

  test('between match and commit: it is told once', async () => {
    const { system, receiver, bridge, book, ruleFile, alerts } = await stage();
    const before = book.checkpoint()!.next;
    const holder = new Database(join(system.dataDir, bookFile));
    onTestFinished(() => {
      holder.close();
    });
    holder.exec('BEGIN IMMEDIATE');
    await bridge.publish(probe(1));
    // Only who wants to write a match down complains; nothing is noted while the book is held.
    await alerts.logged('the book is held', ({ msg }) => /book cannot be written/.test(msg ?? ''));
    await alerts.kill();
    holder.exec('ROLLBACK');
    expect(book.checkpoint()!.next).toBe(before);
    expect(receiver.keys).toEqual([]);
    await startAlerts(system, ruleFile);
    await bridge.publish(probe(2));
    await until('both', () => receiver.keys.includes(key(2)), soon);
    expect(receiver.keys).toEqual([key(1), key(2)]);
  }, 120_000);

  test('between commit and send: it is told once', async () => {
    // Those of a group wait for each other for ten seconds: time enough to die in.
    const { system, receiver, bridge, book, ruleFile, alerts } = await stage({
      group: '{ by: rule, wait: 10s }',
    });
    await bridge.publish(probe(1));
    await until('it to be recorded', () => book.history({ limit: 1 }).length === 1, soon);
    await alerts.kill();
    expect(receiver.received).toEqual([]);
    await startAlerts(system, ruleFile);
    await bridge.publish(probe(2));
    await until('both', () => receiver.keys.includes(key(2)), soon);
    expect(receiver.keys).toEqual([key(1), key(2)]);
  }, 120_000);

  test('between send and mark: once more, under the same id', async () => {
    const { system, receiver, bridge, ruleFile, alerts } = await stage();
    receiver.answer = () => undefined;
    await bridge.publish(probe(1));
    await until('it to come', () => receiver.received.length === 1, soon);
    await alerts.kill();
    receiver.answer = () => 204;
    await startAlerts(system, ruleFile);
    await bridge.publish(probe(2));
    await until('the second', () => receiver.keys.includes(key(2)), soon);
    const ids = receiver.received.map(({ id }) => id);
    expect(receiver.received.map(({ notification }) => notification.alerts[0]!.key)).toEqual(
      [1, 1, 2].map(key),
    );
    expect(ids[0]).toBe(ids[1]);
    expect(ids[2]).not.toBe(ids[0]);
  }, 120_000);
});

describe('alerts, from day to day', () => {
  test('what comes while they are stopped in good order is told when they are back, once', async () => {
    const { system, receiver, bridge, book, ruleFile, alerts } = await stage();
    await bridge.publish(probe(1));
    await until('the first', () => receiver.keys.length === 1, soon);
    expect(await alerts.stop()).toEqual({ code: 0, signal: null });
    expect(book.status()?.isRunning).toBe(false);
    for (const n of [2, 3]) await bridge.publish(probe(n));
    await startAlerts(system, ruleFile);
    await until('the others', () => receiver.keys.includes(key(3)), soon);
    expect(receiver.keys).toEqual([1, 2, 3].map(key));
  }, 120_000);

  test('a rule file that is wrong keeps the old rules, and says so; one that is right counts at once', async () => {
    const { receiver, bridge, book, ruleFile, alerts } = await stage();
    const write = (text: string) => {
      writeFileSync(`${ruleFile}.new`, text);
      renameSync(`${ruleFile}.new`, ruleFile);
    };
    write('rules: [{ name: Wrong }]');
    await alerts.logged('what is wrong', ({ msg }) => /rule file is wrong/.test(msg ?? ''));
    await until('the book to say so', () => book.status()?.rules_problem?.includes('rules[0]'), soon);
    await bridge.publish(probe('old'));
    await until('the old rules', () => receiver.keys.length === 1, soon);
    write(rulesFor(receiver, probes.replace('probe-', 'probe-new')));
    await until('the problem to be over', () => book.status()?.rules_problem === null, soon);
    await bridge.publish(probe('old-again'));
    await bridge.publish(probe('new'));
    await until('the new rules', () => receiver.keys.length === 2, soon);
    expect(receiver.keys).toEqual(['probe-old', 'probe-new']);
  }, 120_000);

  test('a bus that is away is told while it is away, and that it is back', async () => {
    const { system, receiver } = await stage({
      rules: '\n  - { name: bus-away, when: { system: bus_away_s, above: 2 } }',
    });
    const states = () => receiver.received.map(({ notification }) => notification.alerts[0]!.state);
    await system.bus.kill();
    await until('it to be told', () => states().length === 1, soon);
    await system.startBus();
    await until('its end', () => states().length === 2, soon);
    expect(states()).toEqual(['firing', 'resolved']);
  }, 120_000);
});
