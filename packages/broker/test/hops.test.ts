import { describe, expect, test } from 'vitest';
import { hops } from '../src/hops.js';
import { connect, publish, startBroker } from './support/broker.js';
import { badTick, tick } from './support/events.js';

/** A broker whose hops are noted. */
async function startNoted() {
  const noted: Array<{ hop: string; seconds: number }> = [];
  const started = await startBroker({ noteHop: (hop, seconds) => void noted.push({ hop, seconds }) });
  const timesOf = () =>
    Object.fromEntries(hops.map((hop) => [hop, noted.filter((one) => one.hop === hop).length]));
  return { ...started, noted, timesOf };
}

describe('hops', () => {
  test('are noted once for a batch or a commit, however many events there are', async () => {
    const { broker, noted, timesOf } = await startNoted();
    const client = await connect(broker);
    await expect.poll(() => timesOf().committed_to_broadcast, { timeout: 30_000 }).toBe(1);
    const before = timesOf();
    // The heartbeat has come no way.
    expect(before).toMatchObject({ published_to_appended: 0, received_to_committed: 0, commit: 1 });
    await publish(
      client,
      Array.from({ length: 500 }, (_, n) => tick(n)),
    );
    expect(timesOf()).toEqual(Object.fromEntries(hops.map((hop) => [hop, before[hop]! + 1])));
    // All of it repeated: nothing is committed.
    const after = timesOf();
    await publish(
      client,
      Array.from({ length: 500 }, (_, n) => tick(n)),
    );
    expect(timesOf()).toEqual({ ...after, received_to_committed: after.received_to_committed! + 1 });
    for (const { hop, seconds } of noted) {
      if (hop !== 'published_to_appended') expect(seconds).toBeGreaterThanOrEqual(0);
    }
  });

  test('of a batch without a valid event end at the dead letters', async () => {
    const { broker, timesOf } = await startNoted();
    const client = await connect(broker);
    await publish(client, [badTick(1)]);
    expect(timesOf()).toMatchObject({ published_to_appended: 0, received_to_committed: 1 });
  });
});

describe('facts', () => {
  test('tell what was refused at which door and why, and are gone when the bus is', async () => {
    const { broker } = await startBroker();
    const client = await connect(broker);
    await publish(client, [badTick(1), 'nonsense', tick(2), badTick(3)]);
    const facts = broker.facts();
    expect(facts?.rejections).toEqual([
      { door: '5572', code: 'range', count: 2 },
      { door: '5572', code: 'json', count: 1 },
    ]);
    expect(facts?.events.rejected).toBe(3);
    expect(facts?.oldest_append_at).toBeLessThanOrEqual(facts!.log.last_append_at!);
    client.close();
    await broker.stop();
    expect(broker.facts()).toBeNull();
  });
});
