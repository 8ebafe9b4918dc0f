import { connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePorts } from '../system/ports.js';

/** Two ends of one connection. */
interface Pair {
  client: Socket;
  bus: Socket;
}

/** Stands between the components and the bus, and lets through what it is told to. */
export class Relay {
  readonly port: number;
  readonly #server: Server;
  readonly #pairs = new Set<Pair>();
  /** Nothing passes, in neither direction; the connections stand. */
  #held = false;

  private constructor(port: number, server: Server) {
    this.port = port;
    this.#server = server;
  }

  static async to(busPort: number): Promise<Relay> {
    const { bus: port } = await freePorts();
    const server = createServer({ allowHalfOpen: false, pauseOnConnect: true });
    const relay = new Relay(port, server);
    server.on('connection', (client) => relay.#join(client, busPort));
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, '127.0.0.1', resolve);
    });
    return relay;
  }

  /** Ends every connection, without a word to either end. */
  cut(): void {
    for (const { client, bus } of [...this.#pairs]) {
      client.destroy();
      bus.destroy();
    }
  }

  /** Lets nothing pass for a while, then all of it. */
  async delay(ms: number): Promise<void> {
    this.#hold(true);
    await sleep(ms);
    this.#hold(false);
  }

  /** The bus loses the connections and the components do not hear of it; after a while they do. */
  async halfOpen(ms: number): Promise<void> {
    const left = [...this.#pairs];
    for (const { client, bus } of left) {
      this.#pairs.delete({ client, bus });
      client.unpipe(bus);
      bus.unpipe(client);
      client.removeAllListeners('close');
      bus.removeAllListeners('close');
      bus.destroy();
    }
    await sleep(ms);
    for (const { client } of left) client.destroy();
  }

  async close(): Promise<void> {
    this.cut();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #join(client: Socket, busPort: number): void {
    const bus = connect(busPort, '127.0.0.1');
    const pair = { client, bus };
    this.#pairs.add(pair);
    const end = (): void => {
      this.#pairs.delete(pair);
      client.destroy();
      bus.destroy();
    };
    for (const socket of [client, bus]) {
      // A connection that breaks is what this is for; `close` follows.
      socket.on('error', () => undefined);
      socket.once('close', end);
      socket.setNoDelay(true);
    }
    client.pipe(bus);
    bus.pipe(client);
    if (this.#held) this.#pauseBoth(pair);
  }

  #hold(held: boolean): void {
    this.#held = held;
    for (const pair of this.#pairs) {
      if (held) this.#pauseBoth(pair);
      else {
        pair.client.pipe(pair.bus);
        pair.bus.pipe(pair.client);
      }
    }
  }

  #pauseBoth({ client, bus }: Pair): void {
    client.unpipe(bus);
    bus.unpipe(client);
    client.pause();
    bus.pause();
  }
}
