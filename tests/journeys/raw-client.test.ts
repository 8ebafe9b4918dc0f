import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { deadLetterRows, eventRows, until } from '@bitten/proof';
import { describe, expect, onTestFinished, test } from 'vitest';
import { Push, Subscriber } from 'zeromq';
import { onOneLine, type RawEvent, rawEvents, textOf } from '../support/raw-frames.js';
import { System } from '../support/system.js';
import { findPythonWithZmq, saySkipped } from '../support/tools.js';

const python = findPythonWithZmq();
if (python === undefined) saySkipped('a Python client', 'no python3 with zmq (Debian: python3-zmq)');
const pythonClient = fileURLToPath(new URL('../support/programs/raw_client.py', import.meta.url));

/** The two sockets of a client that knows nothing but the wire. */
class RawClient {
  readonly push = new Push({ linger: 1_000 });
  readonly sub = new Subscriber({ receiveHighWaterMark: 0 });
  readonly received: Buffer[][] = [];

  constructor(system: System) {
    this.push.connect(`tcp://127.0.0.1:${system.ports.pull}`);
    this.sub.subscribe('bitten.');
    this.sub.connect(`tcp://127.0.0.1:${system.ports.pub}`);
    void this.#listen();
    onTestFinished(() => {
      this.push.close();
      this.sub.close();
    });
  }

  /** A subscription takes a moment to reach the bus: probes until one comes back, then forgets them. */
  async heard(): Promise<void> {
    const probe = { event_type: 'probe', timestamp: 1, source: 'raw', data: {} };
    for (let sent = 0; this.received.length === 0; sent += 1) {
      if (sent > 600) throw new Error('nothing comes back on the live feed');
      await this.push.send(JSON.stringify(probe));
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    const last = { ...probe, event_type: 'last_probe' };
    await this.push.send(JSON.stringify(last));
    await this.message('the last probe', ([topic]) => topic?.toString() === 'bitten.last_probe');
    this.received.length = 0;
  }

  message(what: string, passes: (frames: Buffer[]) => boolean): Promise<Buffer[]> {
    return until(what, () => this.received.find(passes));
  }

  async #listen(): Promise<void> {
    for await (const frames of this.sub) this.received.push(frames);
  }
}

function expectTwoFrames(frames: readonly Buffer[], event: RawEvent): number {
  const [topic, payload] = frames.map(String);
  expect(frames.length, `${event.what}: frames`).toBe(2);
  expect(topic).toBe(`bitten.${event.type}`);
  const { seq, ...rest } = JSON.parse(payload!) as { seq: number };
  expect(rest).toEqual(JSON.parse(textOf(event)));
  const sent = onOneLine(textOf(event)).trimEnd();
  expect(payload, `${event.what}: the bytes on the live feed`).toBe(`${sent.slice(0, -1)},"seq":${seq}}`);
  return seq;
}

function expectStored(system: System, event: RawEvent, seq: number): void {
  const [row] = eventRows(system.database, `id = ${seq}`);
  const { timestamp, source } = JSON.parse(textOf(event)) as { timestamp: number; source: string };
  expect(row, event.what).toMatchObject({ id: seq, event_type: event.type, timestamp, source });
  expect(row!.data_json, `${event.what}: data, byte for byte`).toBe(onOneLine(event.data));
}

describe('a client that knows nothing but the wire', () => {
  test('what it pushes comes back as two frames with its seq, and is stored byte for byte', async () => {
    const system = await System.start();
    const client = new RawClient(system);
    await client.heard();
    for (const event of rawEvents) await client.push.send(textOf(event));
    await until('all events to come back', () => client.received.length >= rawEvents.length);
    const seqs = rawEvents.map((event, i) => expectTwoFrames(client.received[i]!, event));
    expect(seqs, 'in the order they were sent').toEqual(seqs.map((_, i) => seqs[0]! + i));
    await system.settled();
    for (const [i, event] of rawEvents.entries()) expectStored(system, event, seqs[i]!);
  });

  test.skipIf(python === undefined)('the same from Python', async () => {
    const system = await System.start();
    const frames = system.file('frames');
    writeFileSync(
      frames,
      rawEvents.map((event) => `${Buffer.from(textOf(event)).toString('base64')}\n`).join(''),
    );
    const { pull, pub } = system.ports;
    const client = system.run('python client', pythonClient, {
      command: python!,
      args: [`tcp://127.0.0.1:${pull}`, `tcp://127.0.0.1:${pub}`, frames, String(rawEvents.length)],
    });
    expect(await client.ended()).toEqual({ code: 0, signal: null });
    await system.settled();
    for (const [i, event] of rawEvents.entries()) {
      const message = JSON.parse(client.lines[i]!) as string[];
      const seq = expectTwoFrames(
        message.map((frame) => Buffer.from(frame, 'base64')),
        event,
      );
      expectStored(system, event, seq);
    }
  });

  test('a subscriber to one type gets that type only', async () => {
    const system = await System.start();
    const client = new RawClient(system);
    client.sub.unsubscribe('bitten.');
    client.sub.subscribe('bitten.market_data', 'bitten.probe', 'bitten.last_probe');
    await client.heard();
    for (const event of rawEvents) await client.push.send(textOf(event));
    await client.push.send(
      JSON.stringify({ event_type: 'last_probe', timestamp: 1, source: 'raw', data: {} }),
    );
    await client.message('the last probe', ([topic]) => topic?.toString() === 'bitten.last_probe');
    const topics = client.received.map(([topic]) => topic!.toString());
    expect(topics).toEqual(['bitten.market_data', 'bitten.market_data', 'bitten.last_probe']);
  });

  test('what is invalid becomes a dead letter with its reasons, and nothing else suffers', async () => {
    const system = await System.start();
    const push = new Push({ linger: 1_000 });
    push.connect(`tcp://127.0.0.1:${system.ports.pull}`);
    onTestFinished(() => push.close());
    const noDirection =
      '{"event_type": "signal_generated", "timestamp": 1757957318.5, "source": "elite_guard", "data": {"signal_id": "S1", "symbol": "EURUSD", "confidence": 850, "pattern_type": "VCB"}}';
    const notUtf8 = Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x7d]);
    const fine = '{"event_type":"probe","timestamp":1,"source":"raw","data":{}}';
    for (const frame of [noDirection, 'not JSON at all', notUtf8, '[]']) await push.send(frame);
    await push.send([fine, fine]);
    await push.send(fine);

    await system.deadLettersSettled(5);
    await until('the valid event', () => eventRows(system.database, "event_type = 'probe'").length > 0);
    const letters = deadLetterRows(system.database);
    expect(letters.map(({ id, door, encoding, status }) => ({ id, door, encoding, status }))).toEqual(
      ['utf8', 'utf8', 'base64', 'utf8', 'utf8'].map((encoding, i) => ({
        id: i + 1,
        door: '5571',
        encoding,
        status: 'open',
      })),
    );
    expect(letters[0]).toMatchObject({
      payload: noDirection,
      event_type: 'signal_generated',
      source: 'elite_guard',
    });
    const paths = letters.map(({ issues_json }) =>
      (JSON.parse(issues_json) as Array<{ path: string }>).map(({ path }) => path).sort(),
    );
    expect(paths[0]).toEqual(['data.confidence', 'data.direction']);
    expect(paths.slice(1).map(({ length }) => length > 0)).toEqual([true, true, true, true]);
    expect(Buffer.from(letters[2]!.payload, 'base64')).toEqual(notUtf8);
    expect(eventRows(system.database, "event_type = 'probe'")).toHaveLength(1);
  });

  test("the bus's own heartbeats: at start, between, and at its end, with the five facts", async () => {
    const system = await System.prepare();
    await system.startCollector();
    await system.startBus({ BITTEN_HEARTBEAT: '1' });
    const client = new RawClient(system);
    const beat = (status: string) =>
      client.message(`a heartbeat that says ${status}`, ([topic, payload]) => {
        if (topic?.toString() !== 'bitten.system_health') return false;
        return (JSON.parse(String(payload)) as { data: { status: string } }).data.status === status;
      });
    await beat('running');
    expect((await system.bus.stop()).code).toBe(0);
    await beat('stopped');
    await system.startBus();
    await system.settled();
    const beats = eventRows(system.database, "event_type = 'system_health'");
    const facts = beats.map(({ data_json }) => JSON.parse(data_json) as Record<string, unknown>);
    const states = facts.map(({ status }) => status);
    expect([states[0], states[1]]).toEqual(['started', 'running']);
    expect(states.slice(-2)).toEqual(['stopped', 'started']);
    const { pub: pub_port, pull: pull_port } = system.ports;
    for (const [i, row] of beats.entries()) {
      expect(row.source).toBe('event_bus');
      expect(facts[i]).toMatchObject({ component: 'event_bus', pub_port, pull_port });
      for (const fact of ['uptime', 'events_published', 'events_received']) {
        expect(facts[i]![fact], fact).toBeTypeOf('number');
      }
    }
  });
});
