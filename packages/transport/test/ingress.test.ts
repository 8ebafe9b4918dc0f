import { limits } from '@bitten/schema';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { Push } from 'zeromq';
import { PortInUseError } from '../src/errors.js';
import { Ingress } from '../src/ingress.js';
import { failure, portOf } from './support.js';

async function startIngress() {
  const events: Buffer[] = [];
  const misframed: string[][] = [];
  const ingress = new Ingress({
    host: '127.0.0.1',
    port: 0,
    onEvent: (frame) => events.push(frame),
    onMisframed: (frames) => misframed.push(frames.map(String)),
  });
  await ingress.bind();
  onTestFinished(() => ingress.close());
  return { ingress, events, misframed };
}

/** A publisher as the running system's: a plain PUSH. */
function push(ingress: Ingress): Push {
  const socket = new Push({ linger: 0 });
  socket.connect(ingress.endpoint);
  onTestFinished(() => socket.close());
  return socket;
}

describe('the ingress', () => {
  it('hands over every event of a plain publisher, in order', async () => {
    const { ingress, events } = await startIngress();
    const publisher = push(ingress);
    for (let number = 0; number < 5000; number++) await publisher.send(`{"n":${number}}`);
    await vi.waitFor(() => expect(events).toHaveLength(5000));
    expect(events.map(String)).toEqual(Array.from({ length: 5000 }, (_, number) => `{"n":${number}}`));
  });

  it('reports a message that has not one frame, and an event that is too large, so that they can be kept', async () => {
    const { ingress, events, misframed } = await startIngress();
    const publisher = push(ingress);
    await publisher.send(['bitten.a', '{}']);
    await publisher.send(Buffer.alloc(limits.event_bytes_max + 1, 'x'));
    await publisher.send('');
    await vi.waitFor(() => expect(events).toHaveLength(2));
    expect(misframed).toEqual([['bitten.a', '{}']]);
    expect(events.map((frame) => frame.length)).toEqual([limits.event_bytes_max + 1, 0]);
  });

  it('cuts off a publisher whose message is larger than memory should hold, and serves the others', async () => {
    const { ingress, events } = await startIngress();
    const wrong = push(ingress);
    await wrong.send(Buffer.alloc(limits.batch_bytes_max + 1, 'x'));
    await push(ingress).send('{}');
    await vi.waitFor(() => expect(events.map(String)).toEqual(['{}']));
  });

  it('says which port is taken, and frees it when it is closed', async () => {
    let { ingress } = await startIngress();
    const { endpoint } = ingress;
    const options = { host: '127.0.0.1', onEvent: () => undefined, onMisframed: () => undefined };
    for (let round = 0; round < 30; round++) {
      const next = new Ingress({ ...options, port: portOf(endpoint) });
      expect(await failure(next.bind())).toBeInstanceOf(PortInUseError);
      await ingress.close();
      await next.bind();
      expect(next.endpoint).toBe(endpoint);
      ingress = next;
    }
    await ingress.close();
  });
});
