import { execFileSync } from 'node:child_process';
import { get } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { EventSearch, SqliteStore } from '@bitten/storage/store';
import { describe, expect, test } from 'vitest';
import type { EventRow, EventsPage, EventWhole } from '../src/api/index.js';
import { commandsFor } from '../src/events/commands.js';
import { exportPage, listEvents } from '../src/events/queries.js';
import { hasWorkers, Server } from './support/server.js';
import { isBuilt, System, until } from './support/system.js';

const hostile = {
  event_type: 'user_action',
  timestamp: 1_700_000_000.5,
  source: '=HYPERLINK("http://evil.example")',
  user_id: 'u-1',
  correlation_id: `x'; touch /tmp/never; echo '`,
  data: {
    user_id: 'u-1',
    action: '</script><img src=x onerror=alert(1)>',
    details: { quote: `'"\`$(id)`, lines: 'a\r\nb', template: '{{ID}}', zero: '\u0000', rtl: '\u202e' },
  },
};

async function start(): Promise<{ system: System; server: Server }> {
  const system = await System.start();
  return { system, server: await Server.start(system) };
}

function signal(n: number) {
  return {
    event_type: 'signal_generated',
    timestamp: 1_000 + n,
    source: 'elite_guard',
    correlation_id: `S-${n}`,
    data: {
      signal_id: `S-${n}`,
      symbol: n % 2 === 0 ? 'EURUSD' : 'XAUUSD',
      direction: 'BUY',
      confidence: 80,
      pattern_type: 'P',
    },
  };
}

describe.skipIf(!isBuilt || !hasWorkers)('events', () => {
  test('are found by what they are, newest first, page after page without a gap or a repeat', async () => {
    const { system, server } = await start();
    await system.publish(...Array.from({ length: 25 }, (_, n) => signal(n)), hostile);
    await system.settled();
    const found: EventRow[] = [];
    let next: string | null = '';
    for (; next !== null; ) {
      const page: EventsPage = await server.get(
        `/api/events?types=signal_generated,fire_command&limit=10&before=${encodeURIComponent(next)}`,
      );
      found.push(...page.events);
      next = page.next;
    }
    expect(found.map(({ timestamp }) => timestamp)).toEqual(Array.from({ length: 25 }, (_, n) => 1_024 - n));
    const asked = (query: string) => server.get<EventsPage>(`/api/events?${query}`);
    expect((await asked('symbols=EURUSD')).events).toHaveLength(13);
    expect((await asked('sources=elite_guard&from=1010&to=1012')).events).toHaveLength(3);
    expect((await asked('correlation=S-7')).events).toMatchObject([
      { correlation_id: 'S-7', timestamp: 1_007 },
    ]);
    expect((await asked('users=u-1')).events).toHaveLength(1);
    expect((await asked('text=ONERROR')).events).toMatchObject([{ data: hostile.data }]);
  });

  test('what cannot be asked is refused with what would be right', async () => {
    const server = await Server.start();
    const many = Array.from({ length: 60 }, (_, n) => `t${n}`).join();
    const queries = [
      'limit=0',
      'limit=501',
      'limit=x',
      'before=1',
      'before=a,b',
      'from=yesterday',
      'from=5&to=4',
      `text=${'x'.repeat(501)}`,
      `types=${many}`,
    ];
    for (const path of queries.flatMap((query) => [`/api/events?${query}`, `/api/events/export?${query}`])) {
      const { status, json } = await server.ask(path);
      expect(status, path).toBe(400);
      expect(json()).toMatchObject({ error: { found: expect.any(String), expected: expect.any(String) } });
    }
  });

  test('one is shown whole: the bytes of its publisher, its chain and how to publish its like', async () => {
    const { system, server } = await start();
    const text = `{"data": {"n": 1.50,  "user_id":"u-1","action":"a"}, "event_type":"user_action","timestamp":5, "source":"s"}`;
    const fire = {
      event_type: 'fire_command',
      timestamp: 2_000,
      source: 'webapp',
      correlation_id: 'F-1',
      data: {
        fire_id: 'F-1',
        signal_id: 'S-1',
        user_id: 'u-1',
        symbol: 'XAUUSD',
        direction: 'BUY',
        lot_size: 0.1,
        execution_mode: 'AUTO',
      },
    };
    const { seqs } = await system.publish(text, signal(1), fire);
    await system.settled();
    const seq = seqs[0]![1]!;
    const whole = await server.get<EventWhole>(`/api/events/${seq}`);
    expect(whole).toMatchObject({ text, event: { seq, data: { n: 1.5 } } });
    expect(whole.commands.curl).toBe(`curl ${server.origin}/api/events/${seq}`);
    const { chain } = await server.get<EventWhole>(`/api/events/${seq + 2}`);
    expect(chain.map(({ seq: each }) => each)).toEqual([seq + 1, seq + 2]);
    expect((await server.ask('/api/events/999999')).status).toBe(404);
    expect((await server.ask('/api/events/0')).status).toBe(400);
  });

  test('one is shown by the store alone while the bus is away', async () => {
    const { system, server } = await start();
    const { seqs } = await system.publish(signal(1));
    await system.settled();
    await system.killBus();
    const whole = await server.get<EventWhole>(`/api/events/${seqs[0]![1]}`);
    expect(whole).toMatchObject({ text: null, event: { correlation_id: 'S-1' } });
  });

  test('without a store they are not to be had, and that is said with a remedy', async () => {
    const server = await Server.start();
    const { status, json } = await server.ask('/api/events');
    expect(status).toBe(503);
    expect(json()).toMatchObject({ error: { code: 'missing_store', remedy: expect.any(String) } });
    expect(await server.get('/api/now')).toMatchObject({
      bus: { up: false },
      store: { up: false, why: expect.any(String) },
    });
  });

  test('a hostile event changes neither the shape of a page nor of a file', async () => {
    const { system, server } = await start();
    const { seqs } = await system.publish(hostile);
    await system.settled();
    const answer = await server.ask('/api/events?users=u-1');
    expect(answer.headers['content-type']).toContain('application/json');
    expect(answer.json<EventsPage>().events[0]!.data).toEqual(hostile.data);
    const ndjson = await server.ask('/api/events/export?users=u-1');
    expect(
      ndjson.text
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as object),
    ).toMatchObject([{ seq: seqs[0]![1], source: hostile.source, data: hostile.data }]);
    expect(ndjson.headers['content-disposition']).toContain('attachment');
    const csv = (await server.ask('/api/events/export?users=u-1&format=csv')).text;
    const [, row] = csv.split('\r\n');
    expect(row, 'no spreadsheet takes it for a formula').toContain(`"'=HYPERLINK(""http://evil.example"")"`);
    expect(row).toContain(`,"x'; touch /tmp/never; echo '",`.replaceAll('"', ''));
  });

  test('of the largest there are only a few in memory at a time, and all of them are found', async () => {
    const { system } = await start();
    const count = 30;
    for (let n = 0; n < count; n += 1) {
      await system.publish({ ...signal(n), event_type: 'large', data: { n, text: 'x'.repeat(900_000) } });
    }
    await system.settled();
    const asked: Array<number | undefined> = [];
    const store = {
      searchEvents: (search: EventSearch) => {
        asked.push(search.limit);
        return system.store.searchEvents(search);
      },
    } as SqliteStore;
    const search = { types: ['large'], limit: 25 };
    const listed = listEvents(store, search);
    expect(listed.events.map(({ timestamp }) => timestamp)).toEqual(
      Array.from({ length: 25 }, (_, n) => 1_029 - n),
    );
    expect(JSON.stringify(listed).length, 'without their data').toBeLessThan(20_000);
    const rest = listEvents(store, { ...search, before: listed.next! });
    expect(rest).toMatchObject({ next: null, searched_to: null, events: { length: 5 } });
    const lines: string[] = [];
    for (let before: EventSearch['before'] | null; before !== null; ) {
      const { text, next } = exportPage(store, {
        search: before === undefined ? search : { ...search, before },
        format: 'ndjson',
      });
      expect(text.length).toBeLessThan(24 * 1024 * 1024);
      lines.push(...text.split('\n').filter((line) => line !== ''));
      before = next;
    }
    expect(lines.map((line) => (JSON.parse(line) as { data: { n: number } }).data.n)).toEqual(
      Array.from({ length: count }, (_, n) => count - 1 - n),
    );
    expect(Math.max(...asked.map((limit) => limit ?? Number.POSITIVE_INFINITY))).toBeLessThanOrEqual(20);
  });

  test('a hundred thousand are exported as they are taken, a page at a time', async () => {
    const { system, server } = await start();
    const count = 100_000;
    const batch = 10_000;
    for (let n = 0; n < count; n += batch) {
      await system.publish(
        ...Array.from({ length: batch }, (_, i) => ({ ...signal(n + i), event_type: 'many' })),
      );
    }
    await system.settled();
    const asked = async () =>
      Number(/^bitten_dashboard_queries_total (\d+)$/m.exec((await server.ask('/metrics')).text)![1]);
    // Whoever takes nothing more of it than its beginning is not given more than fits in between.
    const before = await asked();
    const response = await new Promise<import('node:http').IncomingMessage>((resolve) =>
      get(`${server.origin}/api/events/export?types=many`, { agent: false }, resolve),
    );
    response.once('readable', () => response.read(1));
    await until(async () => {
      const earlier = await asked();
      await sleep(300);
      return (await asked()) === earlier;
    });
    expect((await asked()) - before, 'pages looked for').toBeLessThan(count / 500 / 2);
    response.destroy();
    const { text } = await server.ask('/api/events/export?types=many');
    const lines = text.trimEnd().split('\n');
    expect(lines).toHaveLength(count);
    expect(new Set(lines.map((line) => (JSON.parse(line) as EventRow).seq)).size).toBe(count);
  });
});

test('commands do what they say in a shell, whatever is in the event', () => {
  const row: EventRow = {
    ...hostile,
    seq: 7,
    appended_at: 1,
    user_id: '-u',
    session_id: null,
    event_type: '--help',
  };
  const { bitten_publish, bitten_show, curl } = commandsFor(row, {
    flags: '--bus-port 1',
    origin: 'http://127.0.0.1:5580',
  });
  const words = execFileSync('sh', [
    '-c',
    `bitten() { for word; do printf '%s\\0' "$word"; done; }; ${bitten_publish}`,
  ])
    .toString()
    .split('\0');
  const [json] = words.slice(-2);
  expect(words.slice(0, -2)).toEqual([
    '--bus-port',
    '1',
    'publish',
    `--source=${hostile.source}`,
    '--user=-u',
    `--correlation=${hostile.correlation_id}`,
    '--',
    '--help',
  ]);
  expect(json, 'no template is filled in').not.toContain('{{');
  expect(JSON.parse(json!)).toEqual(hostile.data);
  expect(bitten_show).toBe('bitten --bus-port 1 tail --from 7 --count 1 --raw');
  expect(curl).toBe('curl http://127.0.0.1:5580/api/events/7');
});
