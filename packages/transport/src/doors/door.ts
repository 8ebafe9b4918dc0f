import type { Socket } from 'zeromq';
import { BindError, PortInUseError } from '../errors.js';
import { watchConnections } from '../monitor.js';
import { failLoudly } from '../receiving.js';
import { ExposedError, isLoopback } from './exposure.js';
import type { DoorName, Guard, GuardedOptions } from './guard.js';

/** Where a socket listens. */
export interface ListenOptions {
  /** An address of this machine, or an interface's name. */
  host: string;
  /** 0 lets the system choose; the endpoint then tells which. */
  port: number;
  /** The name of the setting that changes the port, for the error's remedy. */
  portSetting?: string;
  /** Who may come in; without one, everybody on this machine. It must be open, and outlive the door. */
  guard?: Guard | undefined;
}

interface DoorOptions<Listening extends Socket> extends ListenOptions {
  name: DoorName;
  make: (options: GuardedOptions) => Listening;
  /** A socket has been bound: the first, and each after the door was opened anew. */
  onBound: (socket: Listening) => void;
}

/** How soon a port that somebody has taken in the meantime is tried again. */
const retry_ms = 100;

/** One listening socket, and who comes and goes through it. */
export class Door<Listening extends Socket> {
  readonly #o: DoorOptions<Listening>;
  #socket: Listening | undefined;
  #endpoint = '';
  #isClosed = false;
  #ended: Promise<void> = Promise.resolve();

  constructor(options: DoorOptions<Listening>) {
    this.#o = options;
  }

  /** Undefined while the door is closed. */
  get socket(): Listening | undefined {
    return this.#socket;
  }

  /** `tcp://host:port`; empty before `open`. */
  get endpoint(): string {
    return this.#endpoint;
  }

  /** Starts to listen. Throws `PortInUseError`, `BindError`, `ExposedError`. */
  async open(): Promise<void> {
    const { host, port, guard } = this.#o;
    if (!isLoopback(host) && guard?.wantsKeys !== true) throw new ExposedError(host);
    await this.#bind(port);
  }

  /**
   * Cuts everybody off and listens again on the same port, so that all have to show their keys anew. ZeroMQ offers
   * no way to cut off one. What was on its way is lost with the connections. Throws `BindError`.
   */
  async reopen(): Promise<void> {
    if (this.#socket === undefined) return;
    await this.#shut();
    const port = portOf(this.#endpoint);
    while (!this.#isClosed) {
      try {
        return await this.#bind(port);
      } catch (error) {
        if (!(error instanceof PortInUseError)) throw error;
        await new Promise((resolve) => setTimeout(resolve, retry_ms));
      }
    }
  }

  /**
   * Stops listening; when the promise resolves, the port is free again. `close` of the socket alone returns before
   * ZeroMQ's I/O thread has closed the listener, so that binding the port again at once would fail.
   *
   * `unbind` beforehand would do as well, were it not that zeromq.js refuses every send and receive while it runs.
   */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#shut();
  }

  async #shut(): Promise<void> {
    this.#socket?.close();
    this.#socket = undefined;
    await this.#ended;
  }

  async #bind(port: number): Promise<void> {
    const { host, portSetting = 'its port setting', guard, name, make, onBound } = this.#o;
    // ZeroMQ resolves no names when it binds, only addresses and interfaces.
    const address = host === 'localhost' ? '127.0.0.1' : host;
    const socket = make(guard?.optionsFor(name) ?? {});
    guard?.opened(name);
    const ended = this.#watch(socket);
    try {
      await socket.bind(`tcp://${address}:${port === 0 ? '*' : port}`);
    } catch (error) {
      socket.close();
      if (codeOf(error) === 'EADDRINUSE') throw new PortInUseError(host, port, portSetting);
      throw new BindError(host, port, error);
    }
    this.#ended = ended;
    if (this.#isClosed) return socket.close();
    this.#endpoint = endpointOf(socket);
    this.#socket = socket;
    onBound(socket);
  }

  /** Resolves when the listener is closed, or ZeroMQ has nothing more to say. */
  #watch(socket: Listening): Promise<void> {
    const { guard, name } = this.#o;
    return new Promise((resolve) => {
      watchConnections(socket, (event) => {
        if (event.type === 'close') resolve();
        // The last words of a socket that is gone are not about the new one.
        if (!socket.closed) guard?.saw(name, event);
      }).then(resolve, failLoudly);
    });
  }
}

/** The port of `tcp://host:port`. */
function portOf(endpoint: string): number {
  return Number(endpoint.slice(endpoint.lastIndexOf(':') + 1));
}

function endpointOf(socket: Socket & { readonly lastEndpoint?: string | null }): string {
  return socket.lastEndpoint ?? '';
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined;
}
