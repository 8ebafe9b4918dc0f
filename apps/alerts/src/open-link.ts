import { BusAwayError, BusLink } from '@bitten/client';
import type { Logger } from '@bitten/runtime';
import { KeyRefusedError } from '@bitten/transport';

interface OpenLinkOptions {
  host: string;
  port: number;
  keyFile: string | null;
  log: Logger;
  signal: AbortSignal;
}

const try_ms = 2_000;

/** The connection to the bus, whenever that comes; it is waited for at the start and later. Throws `KeyFileError`. */
export async function openLink({ log, signal, ...place }: OpenLinkOptions): Promise<BusLink> {
  const options = {
    ...place,
    name: 'alerts',
    timeout_ms: try_ms,
    away_ms_max: Number.POSITIVE_INFINITY,
    onAway: (why: string) => log.warn({ why }, 'the bus is away'),
    onBack: () => log.info('the bus is back'),
    signal,
  };
  for (let told = false; ; told = true) {
    try {
      return await BusLink.open(options);
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof BusAwayError || error instanceof KeyRefusedError)) throw error;
      if (!told) log.warn({ why: error.message }, 'waiting for the bus');
    }
  }
}
