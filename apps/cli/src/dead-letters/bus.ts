import { BusLink } from '@bitten/client';
import { type Ask, deciderName, Settler } from '@bitten/dead-letters';
import type { CommandContext } from '../command.js';
import { resolveSettings } from '../settings.js';
import { say } from '../show/terminal.js';

/** What the commands need of the bus. */
export interface LetterBus {
  ask: Ask;
  logId: string;
  close: () => void;
}

/** Throws `BusAwayError`, `KeyRefusedError`. */
export async function openBus({ program, signal }: CommandContext): Promise<LetterBus> {
  const { host, busPort, keyFile, timeout } = resolveSettings(program);
  const link = await BusLink.open({
    host,
    port: busPort,
    keyFile,
    name: 'bitten-dead-letters',
    timeout_ms: timeout,
    onAway: (why) => say(`waiting for the bus: ${why}`),
    onBack: () => say('the bus is back'),
    signal,
  });
  try {
    const { log_id } = await link.ask((client) => client.hello());
    return { ask: (request) => link.ask(request), logId: log_id, close: () => link.close() };
  } catch (error) {
    link.close();
    throw error;
  }
}

/** Who decides, where `--by` does not say: who is at this terminal. */
export function makeSettler(bus: LetterBus, by: string | undefined): Settler {
  return new Settler({ ask: bus.ask, logId: bus.logId, by: deciderName(by) });
}
