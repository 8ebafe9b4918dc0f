import { describe, expect, it, onTestFinished } from 'vitest';
import { Dealer, Pair, Push } from 'zeromq';
import { Ingress } from '../src/ingress.js';
import { receiveAll } from '../src/receiving.js';
import { agree, startServer } from './support.js';

/** Keeps the thread busy until ZeroMQ's own thread has had time to bring in what was sent. */
function blockThread(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

/** Sizes of the groups that were handed over between two `setImmediate`s, one asked for at a group's first. */
class Groups {
  readonly sizes: number[] = [];
  #size = 0;

  add(): void {
    if (this.#size++ > 0) return;
    setImmediate(() => {
      this.sizes.push(this.#size);
      this.#size = 0;
    });
  }

  async reached(total: number): Promise<void> {
    while (this.sizes.reduce((sum, size) => sum + size, 0) < total) await new Promise(setImmediate);
  }
}

describe('all that is ready is handed over before a setImmediate', () => {
  it('by the server, so that one group commit takes in a whole burst', async () => {
    const groups = new Groups();
    const server = await startServer((request, _peer, respond) => {
      groups.add();
      respond(agree(request));
    });
    const socket = new Dealer({ linger: 0 });
    onTestFinished(() => socket.close());
    socket.connect(server.endpoint);
    await socket.send('{"v":1,"op":"ping","id":0}');
    await groups.reached(1);
    for (let id = 1; id <= 60; id++) await socket.send(`{"v":1,"op":"ping","id":${id}}`);
    blockThread(200);
    await groups.reached(61);
    expect(groups.sizes).toEqual([1, 60]);
  });

  it('by the ingress', async () => {
    const groups = new Groups();
    const ingress = new Ingress({
      host: '127.0.0.1',
      port: 0,
      onEvent: () => groups.add(),
      onMisframed: () => undefined,
    });
    await ingress.bind();
    onTestFinished(() => ingress.close());
    const socket = new Push({ linger: 0 });
    onTestFinished(() => socket.close());
    socket.connect(ingress.endpoint);
    await socket.send('1');
    await groups.reached(1);
    for (let number = 0; number < 400; number++) await socket.send('2');
    blockThread(200);
    await groups.reached(401);
    expect(groups.sizes).toEqual([1, 400]);
  });
});

describe('a receive loop', () => {
  it('ends when its socket is closed, and passes on what its handler throws', async () => {
    const [near, far] = [new Pair({ linger: 0 }), new Pair({ linger: 0 })];
    await near.bind('inproc://receiving-test');
    far.connect('inproc://receiving-test');
    const seen: string[] = [];
    const loop = receiveAll(near, ([frame]) => {
      seen.push(String(frame));
      if (String(frame) === 'bad') throw new Error('a bug');
    });
    await far.send('good');
    await far.send('bad');
    await expect(loop).rejects.toThrow('a bug');
    expect(seen).toEqual(['good', 'bad']);
    const second = receiveAll(near, () => undefined);
    near.close();
    far.close();
    await second;
  });
});
