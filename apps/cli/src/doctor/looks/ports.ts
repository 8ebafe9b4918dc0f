import type { Facts, Holder } from '../facts.js';
import { type Finding, warning, wrong } from '../finding.js';

interface Door {
  port: number | null;
  /** What is behind it. */
  name: string;
  /** Whose it is. */
  holder: Holder;
  flag: string;
  /** Whether its owner does its work without it. */
  spare: boolean;
}

/** The ports of bus and collector, where somebody else has them. The bus port's own look is that at the bus. */
export function lookAtPorts(facts: Facts): Finding[] {
  return doorsOf(facts).flatMap((door) => lookAtDoor(facts, door));
}

function doorsOf({ settings: { ports, httpPorts }, holders: { bus, collector } }: Facts): Door[] {
  return [
    { port: ports.pub, name: 'live feed', holder: bus, flag: '--pub-port', spare: false },
    { port: ports.pull, name: 'ingress', holder: bus, flag: '--pull-port', spare: false },
    { port: httpPorts.bus, name: 'metrics of the bus', holder: bus, flag: '--http-port', spare: true },
    {
      port: httpPorts.collector,
      name: 'metrics of the collector',
      holder: collector,
      flag: '--http-port',
      spare: true,
    },
  ];
}

function lookAtDoor({ listeners }: Facts, { port, name, holder, flag, spare }: Door): Finding[] {
  const listener = port === null ? undefined : listeners.get(port);
  if (listener === undefined) return [];
  const owner = holder?.liveness === 'alive' ? holder.holder.pid : null;
  // Whose it is cannot be told, and its owner is at work: then it is the owner's.
  if (owner !== null && (listener.pid === owner || listener.pid === null)) return [];
  const who =
    listener.pid === null
      ? 'a program of another user'
      : `process ${listener.pid} (${listener.command ?? 'unknown'})`;
  const text = `${port} (${name}) is taken by ${who}`;
  return [(spare ? warning : wrong)('ports', text, `end that program, or choose another port: ${flag}`)];
}
