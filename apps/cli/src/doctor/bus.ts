import { connect } from 'node:net';
import { describeError } from '@bitten/runtime';
import type { BusStats } from '@bitten/transport';
import type { DoctorSettings } from './settings.js';

/** What came of asking the bus. */
export type BusAnswer =
  | { state: 'answers'; server: string; log_id: string; stats: BusStats }
  /** Nobody listens there. */
  | { state: 'nobody' }
  /** Somebody listens, and does not answer as a bus does, or does not let us in. */
  | { state: 'silent'; why: string; shutOut: boolean };

/** A look shall not take longer than it takes to read it: a bus on its feet answers in milliseconds. */
const patience_ms = 2_000;

/** Asks the bus how it is. Never throws; what cannot be loaded or reached is an answer too. */
export async function askBus(settings: DoctorSettings, signal: AbortSignal): Promise<BusAnswer> {
  const { host, ports, keyFile } = settings;
  // ZeroMQ tries again and again where nobody listens; one plain connection tells that at once.
  if (!(await listens(host, ports.bus))) return { state: 'nobody' };
  try {
    // Only now: where the native module cannot be loaded, all else is still looked at.
    const { BusLink } = await import('@bitten/client');
    const link = await BusLink.open({
      host,
      port: ports.bus,
      keyFile,
      name: 'bitten-doctor',
      timeout_ms: Math.min(settings.timeout_ms, patience_ms),
      signal,
    });
    try {
      const [hello, stats] = await Promise.all([link.client.hello(), link.client.stats()]);
      return { state: 'answers', server: hello.server, log_id: hello.log_id, stats };
    } finally {
      link.close();
    }
  } catch (error) {
    signal.throwIfAborted();
    const shutOut = (error as { code?: unknown }).code === 'key_refused';
    return { state: 'silent', why: describeError(error), shutOut };
  }
}

function listens(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    const settle = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(patience_ms, () => settle(false));
    socket.once('connect', () => settle(true));
    socket.once('error', () => settle(false));
  });
}
