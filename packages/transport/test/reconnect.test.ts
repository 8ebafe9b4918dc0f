import { type AddressInfo, connect as connectTcp, createServer, type Socket } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { BusClient } from '../src/client.js';
import { ConnectionLostError, NotConnectedError } from '../src/errors.js';
import type { Status } from '../src/status.js';
import { agree, connect, failure, portOf, startClient, startServer } from './support.js';

/** Everything a client says about its status from now on. */
function record(client: { onStatus(listener: (status: Status) => void): () => void }): string[] {
  const states: string[] = [];
  client.onStatus((status) => states.push(status.state));
  return states;
}

/** Resolves when a client says that it has come to a state. */
function reaches(client: BusClient, state: Status['state']): Promise<void> {
  return new Promise((resolve) => {
    const stop = client.onStatus((status) => {
      if (status.state !== state) return;
      stop();
      resolve();
    });
  });
}

describe('a client whose bus goes away and comes back', () => {
  it('rejects what is outstanding at once, and works again by itself', async () => {
    const first = await startServer((request, _peer, respond) => {
      if (request.op !== 'fetch') respond(agree(request));
    });
    const client = await connect(first.endpoint);
    const states = record(client);
    const asked = [1, 2, 3].map((from) => failure(client.fetch({ from, wait_ms: 60_000 })));
    await client.ping();

    await first.close();
    for (const rejection of await Promise.all(asked)) {
      expect(rejection).toBeInstanceOf(ConnectionLostError);
    }
    const refused = await failure(client.ping());
    expect(refused).toBeInstanceOf(NotConnectedError);
    expect(client.status).toMatchObject({ state: 'disconnected', why: expect.any(String) });

    await startServer(undefined, { port: portOf(first.endpoint) });
    await client.connected();
    await client.ping();
    expect(states).toEqual(['disconnected', 'connected']);
  });

  it('has nothing left from before the loss: what was not sent then is not sent later', async () => {
    const first = await startServer();
    const client = await connect(first.endpoint);
    const disconnected = reaches(client, 'disconnected');
    await first.close();
    const lost = Array.from({ length: 20 }, (_, number) => failure(client.producerState(`old-${number}`)));
    await Promise.all(lost);
    await disconnected;
    const seen: string[] = [];
    await startServer(
      (request, _peer, respond) => {
        if (request.op === 'producer') seen.push(request.producer);
        respond(agree(request));
      },
      { port: portOf(first.endpoint) },
    );
    await client.connected();
    await client.producerState('new');
    expect(seen).toEqual(['new']);
  });

  it('may be started first', async () => {
    const placeholder = await startServer();
    const { endpoint } = placeholder;
    await placeholder.close();
    const client = startClient(endpoint);
    const states = record(client);
    await reaches(client, 'disconnected');
    expect(client.status).toMatchObject({ why: 'nobody listens there' });
    await startServer(undefined, { port: portOf(endpoint) });
    await client.connected();
    await client.ping();
    expect(states).toEqual(['disconnected', 'connected']);
  });

  it('does not tell a listener that has gone', async () => {
    const server = await startServer();
    const client = startClient(server.endpoint);
    const told: Status[] = [];
    const stop = client.onStatus((status) => told.push(status));
    stop();
    await client.connected();
    expect(told).toEqual([]);
  });
});

describe('a client whose connection is cut in the middle', () => {
  it('sends again in order over the next one', async () => {
    const seen: number[] = [];
    const server = await startServer((request, _peer, respond) => {
      if (request.op === 'publish') seen.push(request.first);
      respond(agree(request));
    });
    const cable = await cut(portOf(server.endpoint));
    const client = await connect(`tcp://127.0.0.1:${cable.port}`);
    // More than the kernel's buffers take: some batches are still waiting in ZeroMQ when the cable is cut.
    const body = Buffer.alloc(2 * 1024 * 1024, 'x');
    const publish = (first: number): Promise<unknown> =>
      client.publish({ producer: 'p', first, count: 1, acked: 0, body });
    const batches = Array.from({ length: 20 }, (_, index) => index + 1);

    cable.freeze();
    const lost = batches.map((first) => failure(publish(first)));
    cable.cut();
    for (const rejection of await Promise.all(lost)) expect(rejection).toBeInstanceOf(ConnectionLostError);
    await client.connected();
    const before = seen.length;
    await Promise.all(batches.map(publish));
    expect(seen.slice(before)).toEqual(batches);
    expect(before).toBe(0);
  }, 20_000);
});

/** A cable between a client and a port: after `freeze` nothing gets through, and `cut` ends both ends. */
async function cut(port: number) {
  const ends = new Set<Socket>();
  const proxy = createServer((near) => {
    const far = connectTcp(port, '127.0.0.1');
    for (const end of [near, far]) {
      ends.add(end);
      end.on('error', () => undefined);
      end.on('close', () => {
        ends.delete(end);
        near.destroy();
        far.destroy();
      });
    }
    near.pipe(far);
    far.pipe(near);
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  const stop = (): void => {
    for (const end of ends) end.destroy();
  };
  onTestFinished(() => {
    stop();
    proxy.close();
  });
  const freeze = (): void => {
    for (const end of ends) end.unpipe().pause();
  };
  return { port: (proxy.address() as AddressInfo).port, freeze, cut: stop };
}
