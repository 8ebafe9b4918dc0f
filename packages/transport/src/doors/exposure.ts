import { isIPv4 } from 'node:net';
import { networkInterfaces } from 'node:os';
import { BittenError } from '@bitten/schema';

/** An address beyond this machine, and no keys: whoever reaches it could publish and read everything. */
export class ExposedError extends BittenError {
  constructor(host: string) {
    super('exposed', `the bus would listen on ${host} for everybody who reaches it`, {
      found: host,
      expected: 'an address of this machine alone (127.0.0.1), or CURVE keys',
      remedy:
        'make keys with: bitten keys init, then: bitten keys client NAME, and start the bus with --curve',
    });
  }
}

/** Whether only programs of this machine reach an address, a name or an interface that a socket is bound to. */
export function isLoopback(host: string): boolean {
  if (host === 'localhost' || host === '::1' || host === '[::1]') return true;
  if (isIPv4(host)) return host.startsWith('127.');
  const addresses = networkInterfaces()[host] ?? [];
  return addresses.length > 0 && addresses.every(({ internal }) => internal);
}
