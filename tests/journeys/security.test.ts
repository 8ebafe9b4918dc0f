import { appendFileSync, chmodSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { EventBridge } from '@bitten/bridge';
import { BusClient, KeyRefusedError, makeKeyPair, readClientKey } from '@bitten/transport';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { Dealer } from 'zeromq';
import { programs } from '../support/places.js';
import { System } from '../support/system.js';
import { findPythonWithZmq, saySkipped } from '../support/tools.js';

const mebibyte = 1024 * 1024;

/** A system whose bus wants keys, made as a person would make them. */
class GuardedSystem {
  readonly system: System;

  private constructor(system: System) {
    this.system = system;
  }

  static async start(env: Record<string, string> = {}): Promise<GuardedSystem> {
    const guarded = new GuardedSystem(await System.prepare());
    await guarded.keys('init');
    await guarded.system.startBus({ BITTEN_CURVE: 'true', ...env });
    return guarded;
  }

  /** Runs `bitten keys …`; what it prints must hold no secret. */
  async keys(...args: string[]): Promise<void> {
    const command = this.system.run(`keys ${args.join(' ')}`, programs.cli, { args: ['keys', ...args] });
    expect(await command.ended()).toEqual({ code: 0, signal: null });
    const said = [...command.lines, ...command.log].join('\n');
    for (const secret of this.secrets()) expect(said).not.toContain(secret);
  }

  keyFile(name: string): string {
    return join(this.system.dataDir, 'keys', 'clients', `${name}.key`);
  }

  async allow(name: string): Promise<string> {
    await this.keys('client', name);
    return this.keyFile(name);
  }

  secrets(): string[] {
    const files = [join(this.system.dataDir, 'keys', 'server.key')];
    for (const name of ['collector', 'webapp', 'bad', 'good', 'python', 'reader'])
      files.push(this.keyFile(name));
    return files.flatMap((file) => {
      try {
        return [/^secret (\S+)$/m.exec(readFileSync(file, 'utf8'))![1]!];
      } catch {
        return [];
      }
    });
  }

  bridge(name: string, keyFile: string | null): EventBridge {
    const { ports, dataDir } = this.system;
    const bridge = new EventBridge({
      port: ports.bus,
      keyFile,
      name,
      spoolDir: join(dataDir, 'spool'),
      idle_ms: Infinity,
    });
    onTestFinished(() => bridge.close({ timeout_ms: 0 }));
    return bridge;
  }

  async client(name: string): Promise<BusClient> {
    const client = new BusClient({ port: this.system.ports.bus, key: readClientKey(this.keyFile(name)) });
    onTestFinished(() => client.close());
    await client.connected({ timeout_ms: 30_000 });
    return client;
  }
}

function action(number: number) {
  return {
    event_type: 'user_action',
    source: 'test',
    data: { user_id: 'u', action: 'count', details: { number } },
  };
}

describe('beyond this machine', () => {
  test('a bus without keys does not listen there, and says which command makes keys', async () => {
    const system = await System.prepare();
    const bus = system.run('exposed bus', programs.bus, { env: { BITTEN_HOST: '0.0.0.0' } });
    expect(await bus.ended()).toEqual({ code: 2, signal: null });
    expect(bus.log.join('\n')).toContain('bitten keys init');
    expect(bus.log.join('\n')).toContain('--curve');
  });

  test('a bus whose keys are open to others does not start, and says why', async () => {
    const system = await System.prepare();
    const init = system.run('keys init', programs.cli, { args: ['keys', 'init'] });
    await init.ended();
    chmodSync(join(system.dataDir, 'keys', 'server.key'), 0o644);
    const bus = system.run('bus', programs.bus, { env: { BITTEN_CURVE: 'true' } });
    expect(await bus.ended()).toEqual({ code: 1, signal: null });
    expect(bus.log.join('\n')).toContain('chmod 600');
  });
});

describe('with keys', () => {
  test('components, the collector, the command line and Python come in; a stranger does not; no secret is told', async () => {
    const guarded = await GuardedSystem.start();
    const { system } = guarded;
    const [collector, webapp] = [await guarded.allow('collector'), await guarded.allow('webapp')];
    await system.startCollector({ BITTEN_KEY_FILE: collector });
    const bridge = guarded.bridge('webapp', webapp);
    const receipts = await Promise.all(
      Array.from({ length: 50 }, (_, number) => bridge.publish(action(number))),
    );
    expect(receipts.map(({ seq }) => seq)).toEqual(receipts.map((_, index) => receipts[0]!.seq! + index));

    const stats = (key: string) =>
      system.run('stats', programs.cli, { args: ['stats', '--json'], env: { BITTEN_KEY_FILE: key } });
    const strange = system.run('stats of a stranger', programs.cli, { args: ['stats', '--json'] });
    expect(await strange.ended()).toEqual({ code: 1, signal: null });
    const stored = async (): Promise<number> => {
      const command = stats(webapp);
      await command.ended();
      const answer = JSON.parse(command.lines.join('\n')) as {
        bus: { stats: { doors: { refused: { protocol: number; unfinished: number } } } };
        store: { summary: { rows: number } };
      };
      // Which of the two depends on who hangs up first.
      const { protocol, unfinished } = answer.bus.stats.doors.refused;
      expect(protocol + unfinished).toBeGreaterThan(0);
      return answer.store.summary.rows;
    };
    await vi.waitFor(async () => expect(await stored()).toBeGreaterThanOrEqual(50), {
      timeout: 60_000,
      interval: 500,
    });

    const python = findPythonWithZmq();
    if (python === undefined) saySkipped('a Python client with a key', 'no python3 with pyzmq');
    else {
      const { pub, pull, bus } = system.ports;
      const script = join(import.meta.dirname, '../support/programs/keyed_client.py');
      const args = [await guarded.allow('python'), pub, pull, bus].map(String);
      const client = system.run('python client', script, { command: python, args });
      expect(await client.ended()).toEqual({ code: 0, signal: null });
      expect(JSON.parse(client.lines.join(''))).toEqual({
        topic: 'bitten.probe',
        source: 'python',
        fetched: true,
      });
    }
    const said = system.programs.flatMap(({ log, lines }) => [...log, ...lines]).join('\n');
    expect(guarded.secrets().length).toBeGreaterThanOrEqual(3);
    for (const secret of guarded.secrets()) expect(said).not.toContain(secret);
  });

  test('a component whose key is not known yet spools, says so, and delivers once it is', async () => {
    const guarded = await GuardedSystem.start();
    await guarded.allow('reader');
    const file = await guarded.allow('webapp');
    await guarded.keys('revoke', 'webapp');
    const bridge = guarded.bridge('webapp', file);
    const why: string[] = [];
    bridge.onStatus((status) => {
      if (status.state === 'disconnected') why.push(status.why);
    });
    const receipts = Array.from({ length: 500 }, (_, number) => bridge.publish(action(number)));
    await vi.waitFor(() => expect(why.join()).toContain('bitten keys client webapp'), { timeout: 30_000 });
    await vi.waitFor(() => expect(bridge.stats().spooledBytes).toBeGreaterThan(0), { timeout: 30_000 });
    const { publicKey } = readClientKey(file);
    const allowed = join(guarded.system.dataDir, 'keys', 'allowed_keys');
    appendFileSync(allowed, `${publicKey} webapp\n`);
    const seqs = (await Promise.all(receipts)).map(({ seq }) => seq);
    expect(seqs).toEqual(seqs.map((_, index) => seqs[0]! + index));
  });

  test('a revoked key is put out while another component publishes on, and loses nothing', async () => {
    const guarded = await GuardedSystem.start();
    await guarded.allow('bad');
    const good = await guarded.allow('good');
    const out = await guarded.client('bad');
    const bridge = guarded.bridge('good', good);
    await bridge.publish(action(0));
    const refused = new Promise<void>((resolve) => {
      out.onStatus((status) => {
        if (status.state === 'disconnected' && status.refused) resolve();
      });
    });
    const revoking = guarded.keys('revoke', 'bad');
    const receipts: Array<Promise<{ seq: number | null }>> = [];
    let isOut = false;
    void refused.then(() => {
      isOut = true;
    });
    while (!isOut) {
      for (let count = 0; count < 20; count += 1) receipts.push(bridge.publish(action(receipts.length + 1)));
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    await revoking;
    expect(await out.ping().catch((error: unknown) => error)).toBeInstanceOf(KeyRefusedError);
    const seqs = (await Promise.all(receipts)).map(({ seq }) => seq!);
    expect(new Set(seqs).size).toBe(receipts.length);
    expect([...seqs].sort((a, b) => a - b)).toEqual(seqs);
  });

  test('a client that takes another bus for this one is not let in, and does not ask without pause', async () => {
    const guarded = await GuardedSystem.start();
    const key = readClientKey(await guarded.allow('webapp'));
    const client = new BusClient({
      port: guarded.system.ports.bus,
      key: { ...key, serverKey: makeKeyPair().publicKey },
    });
    onTestFinished(() => client.close());
    await vi.waitFor(() => expect(client.status.state).toBe('disconnected'), { timeout: 30_000 });
    const reader = await guarded.allow('reader').then(() => guarded.client('reader'));
    const before = (await reader.stats()).doors!.refused;
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    const after = (await reader.stats()).doors!.refused;
    expect(after.protocol + after.unfinished - before.protocol - before.unfinished).toBeLessThan(12);
  });
});

describe('limits', () => {
  test('a component that publishes more than it may waits, loses nothing, and hurts no other', async () => {
    const system = await System.prepare();
    await system.startBus({ BITTEN_CLIENT_EVENT_RATE: '2000' });
    const bridge = (name: string) => {
      const opened = new EventBridge({
        port: system.ports.bus,
        name,
        spoolDir: join(system.dataDir, 'spool'),
      });
      onTestFinished(() => opened.close({ timeout_ms: 0 }));
      return opened;
    };
    const [greedy, modest] = [bridge('greedy'), bridge('modest')];
    const receipts = Array.from({ length: 8_000 }, (_, number) => greedy.publish(action(number)));
    for (let number = 0; number < 20; number += 1) await modest.publish(action(number));
    const seqs = (await Promise.all(receipts)).map(({ seq }) => seq!);
    expect([...seqs].sort((a, b) => a - b)).toEqual(seqs);
    const client = await system.client();
    const { doors, events } = await client.stats();
    expect(doors!.slowed).toBeGreaterThan(0);
    expect(events.appended).toBeGreaterThanOrEqual(8_020);
  });

  test('a client that asks for large pages and never reads costs a bounded amount of memory', async () => {
    const system = await System.prepare();
    await system.startBus();
    const client = await system.client();
    const text = JSON.stringify({
      ...action(1),
      timestamp: Date.now() / 1000,
      data: { user_id: 'u', action: 'x'.repeat(400) },
    });
    const count = 10_000;
    const body = Buffer.from(Array.from({ length: count }, () => text).join('\n'));
    for (let number = 0; number < 10; number += 1) {
      const first = 1 + number * count;
      await client.publish({ producer: 'p', first, count, acked: first - 1, body }, { timeout_ms: 60_000 });
    }
    // Pages have been read before, so that what reading itself takes is there already.
    for (let page = 0; page < 20; page += 1) await client.fetch({ from: 1, max_bytes: 8 * mebibyte });
    const before = (await client.stats()).memory_rss_bytes;
    const stalled = new Dealer({
      linger: 0,
      receiveHighWaterMark: 1,
      receiveBufferSize: 4096,
      sendHighWaterMark: 0,
    });
    onTestFinished(() => stalled.close());
    stalled.connect(`tcp://127.0.0.1:${system.ports.bus}`);
    for (let id = 1; id <= 1_000; id += 1) {
      await stalled.send(JSON.stringify({ v: 1, op: 'fetch', id, from: 1, max_bytes: 8 * mebibyte }));
    }
    for (let page = 0; page < 20; page += 1) await client.fetch({ from: 1, max_bytes: mebibyte });
    const { memory_rss_bytes, doors } = await client.stats();
    expect(doors!.unread_bytes).toBeLessThanOrEqual(24 * mebibyte);
    // 16 MiB for it, the rest for what Node has not collected yet. Without the bound it is 4 GiB.
    expect(memory_rss_bytes - before).toBeLessThan(128 * mebibyte);
  });
});

test('what others can open in the data folder is closed at the start', async () => {
  const system = await System.start();
  await system.bus.stop('SIGINT');
  const log = join(system.dataDir, 'log');
  chmodSync(log, 0o755);
  chmodSync(system.database, 0o644);
  await system.startBus();
  expect(statSync(log).mode & 0o777).toBe(0o700);
  expect(statSync(system.database).mode & 0o777).toBe(0o600);
});
