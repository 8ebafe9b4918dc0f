import { writeFileSync } from 'node:fs';
import { defineEvent, EventBridge, v } from '@bitten/bridge';
import { deadLetterRows, eventRows, until } from '@bitten/proof';
import { expect, onTestFinished, test } from 'vitest';
import { Gate, type GateStop } from '../support/gate.js';
import { programs } from '../support/places.js';
import { System } from '../support/system.js';

interface Said {
  code: number | null;
  lines: string[];
  log: string[];
}

/** `bitten dead-letters …`, to its end. */
async function letters(system: System, args: string[], env: Record<string, string> = {}): Promise<Said> {
  const cli = system.run('bitten dead-letters', programs.cli, { args: ['dead-letters', ...args], env });
  const { code } = await cli.ended();
  return { code, lines: cli.lines, log: cli.log };
}

async function lettersJson(system: System, args: string[]): Promise<Array<Record<string, unknown>>> {
  const { lines } = await letters(system, [...args, '--json']);
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
}

function eventOf(event_type: string, data: unknown, more: Record<string, unknown> = {}): string {
  return JSON.stringify({ event_type, timestamp: Date.now() / 1000, source: 'webapp', ...more, data });
}

/** Publishes events that will be refused. */
async function refuse(system: System, ...texts: string[]): Promise<void> {
  const client = await system.client();
  const producer = `webapp-${Math.random()}`;
  const body = Buffer.from(texts.join('\n'));
  const reply = await client.publish({ producer, first: 1, count: texts.length, acked: 0, body });
  expect(reply.rejected).toHaveLength(texts.length);
}

/** What the store says of each dead letter. */
async function statuses(system: System): Promise<string[]> {
  await system.settled();
  return deadLetterRows(system.database).map(({ status }) => status);
}

const login = eventOf('user_action', { action: 'login', note: 1 }, { correlation_id: 'S1' });
const fire = { fire_id: 'F1', signal_id: 'S1', user_id: '7', symbol: 'EURUSD', lot_size: 0.1 };
const order = eventOf('fire_command', { ...fire, execution_mode: 'AUTO', direction: 'UP' });

test('refused, looked at, corrected, driven again, given up: and the store tells of each, rebuilt too', async () => {
  const system = await System.start();
  await refuse(system, login, order, eventOf('market_data', { symbol: 'EURUSD', bid: -1 }), login);
  expect(await statuses(system)).toEqual(['open', 'open', 'open', 'open']);

  const list = await letters(system, ['list']);
  expect(list.lines.map((line) => line.trim().split(/\s+/)[0])).toEqual(['id', '4', '3', '2', '1']);
  expect(list.lines[3]).toContain('data.direction: expected BUY or SELL, found "UP"');
  const shown = await letters(system, ['show', '3']);
  expect(shown.lines.join('\n')).toContain('data.ask is missing');
  expect(shown.lines).toContain('    "bid": -1');

  expect(await letters(system, ['retry', '1', '2'])).toMatchObject({ code: 1, lines: [] });
  const corrected = await letters(system, ['edit', '1', '--set', 'data.user_id="7"', '--unset', 'data.note']);
  expect(corrected).toMatchObject({ code: 0, lines: [expect.stringMatching(/^1 {2}corrected, event \d+$/)] });
  expect(await letters(system, ['edit', '2', '--set', 'data.direction=BUY'])).toMatchObject({ code: 1 });
  const forced = await letters(system, [
    'edit',
    '2',
    '--set',
    'data.direction=BUY',
    '--force',
    '--reason',
    'typo',
  ]);
  expect(forced.code).toBe(0);
  expect(await letters(system, ['discard', '3', '--reason', 'a test'])).toMatchObject({ code: 0 });
  expect(await letters(system, ['discard', '1', '--reason', 'no'])).toMatchObject({ code: 1 });

  const settled = ['corrected', 'corrected', 'discarded', 'open'];
  expect(await statuses(system)).toEqual(settled);
  const [event] = eventRows(system.database, "event_type = 'user_action'");
  expect(event).toMatchObject({ correlation_id: 'S1', data_json: '{"action":"login","user_id":"7"}' });
  const open = await lettersJson(system, ['list']);
  expect(open).toMatchObject([{ id: 4, status: 'open' }]);
  expect(open[0]).not.toHaveProperty('payload');
  expect(await lettersJson(system, ['show', '2', '3'])).toMatchObject([
    { id: 2, status: 'corrected', resolutions: [{ action: 'corrected', reason: 'typo' }] },
    { id: 3, status: 'discarded', resolutions: [{ action: 'discarded', reason: 'a test', seq: null }] },
  ]);

  const rebuild = system.run('bitten rebuild', programs.cli, { args: ['rebuild'] });
  expect(await rebuild.ended()).toMatchObject({ code: 0 });
  expect(await statuses(system)).toEqual(settled);
});

const stops: GateStop[] = [1, 2].flatMap((nth) =>
  (['request', 'reply'] as const).map((at) => ({ word: '"op":"publish"', nth, at })),
);

test.each(stops)('killed before the $at of publish $nth: trying again stores nothing twice', async (stop) => {
  const system = await System.start();
  await refuse(system, login);
  const gate = await Gate.open(system.ports.bus, stop);
  const edit = ['edit', '1', '--set', 'data.user_id="7"'];
  const cli = system.run('bitten', programs.cli, {
    args: ['dead-letters', ...edit],
    env: { BITTEN_BUS_PORT: String(gate.port) },
  });
  const early = cli.ended().then(() => Promise.reject(new Error(`it ended by itself: ${cli.tail()}`)));
  early.catch(() => undefined);
  await Promise.race([gate.reached, early]);
  if (stop.at === 'reply') {
    // The bus has done it before the process dies.
    const client = await system.client();
    const { log_id } = await client.hello();
    const driver = `dead-letter:${log_id}:1`;
    await until('the bus to have handled it', async () => (await client.producerState(driver)) === stop.nth);
  }
  await cli.kill();
  expect(cli.lines).toEqual([]);
  const again = await letters(system, edit);
  expect(again).toMatchObject({ code: 0, lines: [expect.stringContaining('1  corrected')] });
  expect(await statuses(system)).toEqual(['corrected']);
  expect(eventRows(system.database, "event_type = 'user_action'")).toHaveLength(1);
  const words = eventRows(system.database, "event_type = 'dead_letter_resolved'");
  expect(words).toHaveLength(1);
  const [event] = eventRows(system.database, "event_type = 'user_action'");
  expect(JSON.parse(words[0]!.data_json)).toMatchObject({
    dead_letter: 1,
    action: 'corrected',
    seq: event!.id,
  });
});

test('what the collector has not stored yet is looked up in the log', async () => {
  const system = await System.start();
  await system.settled();
  await system.collector.kill();
  await refuse(system, login);
  expect((await lettersJson(system, ['show', '1']))[0]).toMatchObject({ id: 1, payload: login });
  const edited = await letters(system, ['edit', '1', '--set', 'data.user_id="7"']);
  expect(edited.code).toBe(0);
  await system.startCollector();
  expect(await statuses(system)).toEqual(['corrected']);
});

/** Events that a bridge refuses by a rule of its own, which the bus does not know. */
async function refuseByOwnRule(system: System, count: number): Promise<void> {
  const bridge = new EventBridge({ port: system.ports.bus, spoolDir: false, name: 'alerts' });
  onTestFinished(() => bridge.close({ timeout_ms: 0 }));
  const publish = bridge.define(
    defineEvent({
      type: 'price_alert',
      description: 'A price was reached.',
      data: v.looseObject({ side: v.picklist(['BID', 'ASK']) }),
    }),
  );
  for (let n = 1; n <= count; n += 1) {
    await expect(publish({ side: 'MID' as 'BID', n }, { source: 'alerts' })).rejects.toThrow(/side/);
  }
  await bridge.flush();
  await system.settled();
}

test('what only its publisher refused passes by force, and says which rule', async () => {
  const system = await System.start();
  await refuseByOwnRule(system, 1);
  const refused = await letters(system, ['retry', '1']);
  expect(refused.code).toBe(1);
  expect(refused.log.join('\n')).toMatch(
    /needs --force: .*rule the bus does not know \(data\.side: BID or ASK\)/,
  );
  expect(await letters(system, ['retry', '1', '--force'])).toMatchObject({ code: 0 });
  expect(await statuses(system)).toEqual(['retried']);
});

test('many at once: in the order they came, each once, and a count of what became of them', async () => {
  const system = await System.start();
  await refuseByOwnRule(system, 40);
  await refuse(system, login, login);
  await system.settled();
  const dry = await letters(system, ['retry', '--all', '--force', '--dry-run']);
  expect(dry.code).toBe(0);
  expect(dry.log.at(-1)).toBe('40 would pass, 2 still invalid');
  expect(await statuses(system)).not.toContain('retried');

  const retry = ['retry', '--all', '--type', 'price_alert', '--force'];
  // Two people who have the same thought.
  const [one, two] = await Promise.all([letters(system, retry), letters(system, retry)]);
  expect([one.code, two.code]).toEqual([0, 0]);
  const numbers = Array.from({ length: 40 }, (_, n) => n + 1);
  // Whoever comes later may find some of them, or all, already driven.
  const told = [one, two].map(({ lines }) => lines.map((line) => Number.parseInt(line, 10)));
  for (const each of told) expect(each).toEqual(each.toSorted((a, b) => a - b));
  expect([...new Set(told.flat())].toSorted((a, b) => a - b)).toEqual(numbers);
  const given = await letters(system, ['discard', '--all', '--source', 'webapp', '--reason', 'old form']);
  expect(given).toMatchObject({ code: 0, lines: ['41  discarded', '42  discarded'], log: ['2 discarded'] });
  expect(await statuses(system)).toEqual([...numbers.map(() => 'retried'), 'discarded', 'discarded']);
  const alerts = eventRows(system.database, "event_type = 'price_alert'");
  expect(alerts.map(({ data_json }) => (JSON.parse(data_json) as { n: number }).n)).toEqual(numbers);
  expect(eventRows(system.database, "event_type = 'dead_letter_resolved'")).toHaveLength(42);
});

test('an editor: what is wrong stands above it, and what it leaves is published', async () => {
  const system = await System.start();
  await refuse(system, login);
  await system.settled();
  const editor = system.file('editor.mjs');
  writeFileSync(
    editor,
    `import { readFileSync, statSync, writeFileSync } from 'node:fs';
     const file = process.argv[2];
     const text = readFileSync(file, 'utf8');
     const mode = (statSync(file).mode & 0o777).toString(8);
     writeFileSync(${JSON.stringify(system.file('seen'))}, mode + '\\n' + text);
     writeFileSync(file, text.replace('"note": 1', '"user_id": "7"'));`,
  );
  const { code, lines } = await letters(system, ['edit', '1'], {
    EDITOR: `${process.execPath} ${editor}`,
    VISUAL: '',
  });
  expect({ code, lines }).toEqual({ code: 0, lines: [expect.stringContaining('1  corrected')] });
  expect(await statuses(system)).toEqual(['corrected']);
  const [event] = eventRows(system.database, "event_type = 'user_action'");
  expect(event!.data_json).toBe('{"action":"login","user_id":"7"}');
});
