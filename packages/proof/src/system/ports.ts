import { createServer } from 'node:net';

/**
 * Below the range the system takes ports for outgoing connections from: a client that connects again and again
 * while the bus is away could otherwise be given the bus's own port.
 */
const range = { from: 12_000, to: 31_000 };

export interface Ports {
  pub: number;
  pull: number;
  bus: number;
}

/** Three ports of loopback nobody listens on now. */
export async function freePorts(): Promise<Ports> {
  const [pub, pull, bus] = [await freePort(), await freePort(), await freePort()];
  return new Set([pub, pull, bus]).size === 3 ? { pub, pull, bus } : freePorts();
}

async function freePort(): Promise<number> {
  for (;;) {
    const port = range.from + Math.floor(Math.random() * (range.to - range.from));
    if (await isFree(port)) return port;
  }
}

/** Whether a port of loopback can be bound. */
export function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => resolve(true)));
  });
}
