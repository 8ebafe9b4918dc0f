import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { Push } from 'zeromq';
import { SlowDownError } from '../src/errors.js';
import { Ingress } from '../src/ingress.js';
import { ClientRates } from '../src/rates.js';
import { connect, failure, startServer } from './support.js';

const batch = (count: number, bytes = count * 3) => ({
  producer: 'p',
  first: 1,
  count,
  acked: 0,
  body: Buffer.alloc(bytes, 'x'),
});

describe('the limits of a client', () => {
  it('let a batch of any size pass, and make its sender wait as long as that takes afterwards', () => {
    const rates = new ClientRates({ events_per_s: 100, bytes_per_s: null });
    expect(rates.take('a', { events: 1_000, bytes: 1 }, 0)).toBe(0);
    // Ten seconds' worth, of which the second before counts.
    expect(rates.take('a', { events: 1, bytes: 1 }, 0)).toBe(9_000);
    expect(rates.take('b', { events: 1, bytes: 1 }, 0), 'another client').toBe(0);
    expect(rates.take('a', { events: 1, bytes: 1 }, 9_000)).toBe(0);
  });

  it('hold over time, by events and by bytes, whichever is less', () => {
    const rates = new ClientRates({ events_per_s: 1_000, bytes_per_s: 10_000 });
    let passed = 0;
    for (let now = 0; now < 60_000; now += 1) {
      if (rates.take('a', { events: 1, bytes: 100 }, now) === 0) passed += 1;
    }
    expect(passed).toBeGreaterThanOrEqual(6_000);
    expect(passed).toBeLessThanOrEqual(6_000 + 101);
  });

  it('are bounded in memory, however many come', () => {
    const rates = new ClientRates({ events_per_s: 1_000, bytes_per_s: null });
    for (let id = 0; id < 30_000; id += 1) rates.take(String(id), { events: 1, bytes: 1 }, id);
    expect(rates.size).toBeLessThanOrEqual(10_000);
  });

  it('are told to the client with the time to come back at, and hurt no other', async () => {
    const limits = { events_per_s: 10, bytes_per_s: null };
    const server = await startServer(undefined, { limits });
    const [greedy, modest] = [await connect(server.endpoint), await connect(server.endpoint)];
    await greedy.publish(batch(1_000));
    const error = await failure(greedy.publish(batch(1)));
    expect(error).toBeInstanceOf(SlowDownError);
    expect((error as SlowDownError).retry_ms).toBeGreaterThan(90_000);
    await modest.publish(batch(1));
    await greedy.ping();
    expect(server.counters.slowed).toBe(1);
  });
});

describe('the limit of the ingress', () => {
  it('holds publishers back and loses nothing', async () => {
    const events: string[] = [];
    const ingress = new Ingress({
      host: '127.0.0.1',
      port: 0,
      limits: { events_per_s: 500, bytes_per_s: null },
      onEvent: (frame) => void events.push(String(frame)),
      onMisframed: () => {},
    });
    await ingress.bind();
    onTestFinished(() => ingress.close());
    const push = new Push({ linger: 0 });
    onTestFinished(() => push.close());
    push.connect(ingress.endpoint);
    const began = performance.now();
    for (let number = 0; number < 1_500; number += 1) await push.send(String(number));
    await vi.waitFor(() => expect(events).toHaveLength(1_500), { timeout: 30_000 });
    expect(events).toEqual(Array.from({ length: 1_500 }, (_, number) => String(number)));
    // The first second's worth comes at once.
    expect(performance.now() - began).toBeGreaterThan(1_900);
  });
});
