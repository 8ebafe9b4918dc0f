import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

/** Where a gate stops what goes through it: before the nth request that says `word`, or before the reply to it. */
export interface GateStop {
  word: string;
  nth: number;
  at: 'request' | 'reply';
}

/**
 * A door in front of the bus through which everything goes, until the one request comes that is named: from then on
 * nothing passes in the direction named, and whoever waits for it can be killed at that very step.
 */
export class Gate {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #stop: GateStop;
  #seen = 0;
  #isShut = false;
  #reached: () => void = () => undefined;
  /** Resolves when the request named has come. */
  readonly reached = new Promise<void>((resolve) => {
    this.#reached = resolve;
  });

  private constructor(busPort: number, stop: GateStop) {
    this.#stop = stop;
    this.#server = createServer((client) => {
      const bus = connect(busPort, '127.0.0.1');
      for (const socket of [client, bus]) {
        this.#sockets.add(socket);
        socket.on('error', () => undefined);
      }
      client.on('data', (bytes: Buffer) => this.#fromClient(bytes, bus));
      bus.on('data', (bytes: Buffer) => {
        if (!(this.#isShut && stop.at === 'reply')) client.write(bytes);
      });
      client.on('close', () => bus.destroy());
      bus.on('close', () => client.destroy());
    });
  }

  static async open(busPort: number, stop: GateStop): Promise<Gate> {
    const gate = new Gate(busPort, stop);
    gate.#server.listen(0, '127.0.0.1');
    await once(gate.#server, 'listening');
    onTestFinished(() => gate.#close());
    return gate;
  }

  get port(): number {
    return (this.#server.address() as { port: number }).port;
  }

  #fromClient(bytes: Buffer, bus: Socket): void {
    // A request is small enough to come in one piece over loopback.
    if (bytes.includes(this.#stop.word)) this.#seen += 1;
    const isReached = !this.#isShut && this.#seen === this.#stop.nth;
    if (isReached) this.#isShut = true;
    if (!(this.#isShut && this.#stop.at === 'request')) bus.write(bytes);
    // What is to be answered has been given to the bus before anybody hears of it.
    if (isReached) this.#reached();
  }

  #close(): void {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
  }
}
