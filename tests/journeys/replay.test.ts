import { EventBridge, InvalidEventError, type ReceivedEvent } from '@bitten/bridge';
import { deadLetterRows, eventRows, root, until } from '@bitten/proof';
import { type BusClient, joinEvents, splitEvents } from '@bitten/transport';
import { describe, expect, onTestFinished, test } from 'vitest';
import { Push, Subscriber } from 'zeromq';
import { programs } from '../support/places.js';
import { System } from '../support/system.js';
import { findPythonWithZmq, saySkipped } from '../support/tools.js';

const python = findPythonWithZmq();
if (python === undefined) saySkipped('the Python listener', 'no python3 with zmq (Debian: python3-zmq)');

/** What somebody on 5570 has received: topic and payload of each message. */
type Heard = Array<[topic: string, payload: string]>;

const history = 400;

describe('what has happened is played again', () => {
  test('and nobody who listens to what happens now gets one event of it', async () => {
    const system = await System.start();
    const bridge = bridgeTo(system);
    const client = await system.client();
    await Promise.all(Array.from({ length: history }, (_, n) => publish(bridge, n)));
    const end = (await client.hello()).next;
    const before = await textsFrom(client, 1, end);

    // Everybody who listens to what happens now: a component in Python, one with the bridge, and the collector.
    const live: ReceivedEvent[] = [];
    await bridge.subscribe({ from: 'now' }, (event) => void live.push(event)).ready;
    const inPython = python === undefined ? null : listenInPython(system, 'bitten.');
    const heard = await listen(system, 'replay.');
    const heardLive = await listen(system, 'bitten.');
    for (let n = history; heardLive.length === 0 || inPython?.().length === 0; n += 1)
      await publish(bridge, n);
    await untilHeard(client, heard);
    heard.length = 0;

    // Played again as fast as it goes, while events go on happening.
    const replay = system.run('replay', programs.cli, {
      args: `replay --from start --to ${end - 1} --speed max --name friday --json`.split(' '),
    });
    const state = { isOver: false };
    const ended = replay.ended().finally(() => {
      state.isOver = true;
    });
    let published = 1_000;
    for (; !state.isOver || published < 1_050; published += 1) await publish(bridge, published);
    expect(await ended, replay.tail()).toEqual({ code: 0, signal: null });
    expect(JSON.parse(replay.lines[0]!)).toMatchObject({ name: 'friday', state: 'ended', sent: end - 1 });

    // Whoever asked for it got the log, in order, marked, and nothing else.
    await until('the last replayed event', () => heard.length >= end - 1);
    expect(heard.map(([, payload]) => withoutMark(payload, 'friday'))).toEqual(before);
    for (const [topic, payload] of heard) expect(topic).toBe(`replay.${JSON.parse(payload).event_type}`);

    // Whoever listens to what happens now got all of that, and nothing of the replay.
    const last = (await client.hello()).next - 1;
    await until('the last live event', () => live.at(-1)?.seq === last);
    expect(live.map(({ seq }) => seq)).toEqual(range(end, last));
    expect(live.some((event) => 'replay' in event)).toBe(false);
    for (const heardNow of [() => heardLive, ...(inPython === null ? [] : [inPython])]) {
      await until('the last of the live feed', () => seqOf(heardNow().at(-1)!) === last);
      const all = heardNow();
      expect(all.map(seqOf)).toEqual(range(seqOf(all[0]!), last));
      for (const [topic, payload] of all) {
        expect(topic).toMatch(/^bitten\./);
        expect(payload).not.toContain('"replay"');
      }
    }

    // The store holds each event once, as before.
    await system.settled();
    expect(eventRows(system.database).map(({ id }) => Number(id))).toEqual(range(1, last));
  });

  test('and a component that publishes what it was replayed is refused, at both doors', async () => {
    const system = await System.start();
    const bridge = bridgeTo(system);
    const client = await system.client();
    await publish(bridge, 1);
    const heard = await listen(system, 'replay.user_action');
    await untilHeard(client, heard);
    const replayed = heard[0]![1];
    await system.settled();
    const stored = eventRows(system.database).length;

    const push = new Push();
    onTestFinished(() => push.close());
    push.connect(`tcp://127.0.0.1:${system.ports.pull}`);
    await push.send(replayed);
    const body = joinEvents([replayed]);
    const batch = { producer: 'a-component', first: 1, count: 1, acked: 0, body };
    const reply = await client.publish(batch);
    expect(reply).toMatchObject({ seqs: [], rejected: [{ issues: [{ path: 'replay', code: 'reserved' }] }] });
    const receipt = bridge.publish(JSON.parse(replayed));
    await expect(receipt).rejects.toBeInstanceOf(InvalidEventError);

    await until('three dead letters', () => deadLetterRows(system.database).length >= 3);
    await system.settled();
    const letters = deadLetterRows(system.database);
    expect(letters.map(({ door }) => door).sort()).toEqual(['5571', '5572', '5572']);
    for (const { issues_json } of letters) {
      expect(JSON.parse(issues_json)).toMatchObject([{ path: 'replay', code: 'reserved' }]);
    }
    expect(eventRows(system.database)).toHaveLength(stored);
  });

  test('through a restart of the bus', async () => {
    const system = await System.prepare();
    await system.startBus();
    const bridge = bridgeTo(system);
    await Promise.all(Array.from({ length: 5 }, (_, n) => publish(bridge, n)));
    const heard = await listen(system, 'replay.user_action');
    await untilHeard(await system.client(), heard);
    heard.length = 0;
    // A second between them, so that the bus goes while it plays.
    const replay = system.run('replay', programs.cli, {
      args: 'replay --from start --type user_action --speed 1 --name r --json'.split(' '),
    });
    await until('the second event', () => heard.length >= 2);
    await system.bus.kill();
    await until('the replay to notice', () =>
      replay.log.some((line) => line.startsWith('waiting for the bus')),
    );
    await system.startBus();
    expect(await replay.ended(), replay.tail()).toEqual({ code: 0, signal: null });
    expect(replay.log).toContain('the bus is back');
    const { state, sent, unheard } = JSON.parse(replay.lines[0]!);
    expect(state).toBe('ended');
    // Where a reply was lost the events of that request are played again; none is left out.
    expect(sent + unheard).toBeGreaterThanOrEqual(5);
  });
});

test('a subscriber to everything gets replays too, and can tell by topic and mark', async () => {
  const system = await System.prepare();
  await system.startBus();
  const bridge = bridgeTo(system);
  const heard = await listen(system, '');
  await publish(bridge, 1);
  await untilHeard(await system.client(), heard);
  for (const [topic, payload] of heard) {
    expect(JSON.parse(payload).replay === undefined).toBe(topic.startsWith('bitten.'));
  }
});

function bridgeTo(system: System): EventBridge {
  const bridge = new EventBridge({
    host: '127.0.0.1',
    port: system.ports.bus,
    spoolDir: false,
    name: 'webapp',
  });
  onTestFinished(() => bridge.close({ timeout_ms: 0 }));
  return bridge;
}

/** Events a second apart by their own clock. */
function publish(bridge: EventBridge, n: number): Promise<unknown> {
  const data = { user_id: String(n), action: 'login' };
  return bridge.publish({ event_type: 'user_action', source: 'webapp', timestamp: 1_700_000_000 + n, data });
}

/** A subscriber with nothing but ZeroMQ; two frames a message, or the test fails. */
async function listen(system: System, prefix: string): Promise<Heard> {
  const socket = new Subscriber({ receiveHighWaterMark: 0 });
  onTestFinished(() => socket.close());
  const heard: Heard = [];
  socket.subscribe(prefix);
  const connected = new Promise((resolve) => socket.events.on('handshake', resolve));
  socket.connect(`tcp://127.0.0.1:${system.ports.pub}`);
  await connected;
  void (async () => {
    for await (const frames of socket) {
      expect(frames).toHaveLength(2);
      heard.push([frames[0]!.toString(), frames[1]!.toString()]);
    }
  })();
  return heard;
}

/** The same in Python; what it has printed so far. */
function listenInPython(system: System, prefix: string): () => Heard {
  const program = system.run('listener', `${root}/tests/support/programs/live_listener.py`, {
    command: python!,
    args: [`tcp://127.0.0.1:${system.ports.pub}`, prefix],
  });
  return () => program.lines.map((line) => JSON.parse(line) as [string, string]);
}

/** Plays the log until a listener hears it, and all that was sent: a subscription takes a moment to reach the bus. */
async function untilHeard(client: BusClient, heard: Heard): Promise<void> {
  let all = 0;
  await until('somebody to hear', async () => {
    const { sent } = await client.replay({ name: 'probe', from: 'start' });
    all += sent;
    return all > 0;
  });
  const isReplayed = ([topic]: Heard[number]) => topic.startsWith('replay.');
  await until('all of the probe', () => heard.filter(isReplayed).length >= all);
}

/** The texts of the log as the live feed shows them, with their places. */
async function textsFrom(client: BusClient, first: number, end: number): Promise<string[]> {
  const texts: string[] = [];
  for (let from = first; from < end; ) {
    const page = await client.fetch({ from });
    texts.push(...splitEvents(page.body).map((text, i) => `${text.slice(0, -1)},"seq":${from + i}}`));
    from = page.next;
  }
  return texts.slice(0, end - first);
}

/** The payload as it was broadcast when it happened; fails where the mark is not the one expected. */
function withoutMark(payload: string, name: string): string {
  const { replay } = JSON.parse(payload);
  expect(replay).toEqual({ id: name, at: expect.any(Number) });
  return payload.replace(`,"replay":${JSON.stringify(replay)}}`, '}');
}

function seqOf([, payload]: [string, string]): number {
  return JSON.parse(payload).seq as number;
}

function range(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, i) => first + i);
}
