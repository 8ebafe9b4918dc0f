import type { Socket } from 'zeromq';
import { BindError, PortInUseError } from './errors.js';
import { watchConnections } from './monitor.js';

/** Where a socket listens. */
export interface ListenOptions {
  /** An address of this machine, or an interface's name. */
  host: string;
  /** 0 lets the system choose; the endpoint then tells which. */
  port: number;
  /** The name of the setting that changes the port, for the error's remedy. */
  portSetting?: string;
}

/** Binds a socket and returns its endpoint, `tcp://host:port`. Throws `PortInUseError`, `BindError`. */
export async function listen(socket: Socket, options: ListenOptions): Promise<string> {
  const { host, port, portSetting = 'its port setting' } = options;
  // ZeroMQ resolves no names when it binds, only addresses and interfaces.
  const address = host === 'localhost' ? '127.0.0.1' : host;
  try {
    await socket.bind(`tcp://${address}:${port === 0 ? '*' : port}`);
  } catch (error) {
    if (errorCode(error) === 'EADDRINUSE') throw new PortInUseError(host, port, portSetting);
    throw new BindError(host, port, error);
  }
  return endpointOf(socket);
}

/**
 * Closes a listening socket; when the promise resolves, the port is free again. `close` alone returns before
 * ZeroMQ's I/O thread has closed the listener, so that binding the port again at once would fail.
 *
 * `unbind` beforehand would do as well, were it not that zeromq.js refuses every send and receive while it runs.
 */
export async function stopListening(socket: Socket): Promise<void> {
  if (socket.closed) return;
  await new Promise<void>((resolve, reject) => {
    watchConnections(socket, (event) => {
      if (event.type === 'close') resolve();
    }).then(resolve, reject);
    socket.close();
  });
}

function endpointOf(socket: Socket & { readonly lastEndpoint?: string | null }): string {
  return socket.lastEndpoint ?? '';
}

function errorCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined;
}
