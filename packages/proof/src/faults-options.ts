import { parseArgs } from 'node:util';
import { type FaultKind, faultKinds } from './story/fault.js';

export interface FaultsOptions {
  /** At least one of the two is given. */
  minutes?: number;
  kills?: number;
  seed: string;
  kinds: readonly FaultKind[];
  json: boolean;
}

export const usage = `pnpm faults: breaks a running system in every way there is, and checks that nothing is lost.

  --minutes N     go on for so long (default: 1, where --kills is not given)
  --kills N       go on until so many processes have been killed
  --seed S        choose the same faults again (default: a new one, which is told)
  --only KIND     one kind of faults, or several: ${faultKinds.join(', ')}
  --json          print the report as JSON
  --help          show this text

Exit code 0: nothing acknowledged was lost, doubled or reordered. 1: something was, or a round could not be judged
(the folder of that round is kept), or nothing was checked. 2: called wrongly.
`;

/** Throws `TypeError` with what is wrong. */
export function parseOptions(argv: readonly string[]): FaultsOptions | 'help' {
  const { values } = parseArgs({
    // pnpm hands its own -- on.
    args: argv.filter((arg) => arg !== '--'),
    options: {
      minutes: { type: 'string' },
      kills: { type: 'string' },
      seed: { type: 'string' },
      only: { type: 'string', multiple: true },
      json: { type: 'boolean' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help) return 'help';
  const kinds = (values.only ?? faultKinds).flatMap((text) => text.split(',')) as FaultKind[];
  const unknown = kinds.filter((kind) => !faultKinds.includes(kind));
  if (unknown.length > 0) {
    throw new TypeError(`--only: expected one of ${faultKinds.join(', ')}, found ${unknown.join(', ')}`);
  }
  const kills = readNumber('--kills', values.kills, 1);
  const minutes = readNumber('--minutes', values.minutes, 0.1);
  return {
    ...(kills === undefined ? { minutes: minutes ?? 1 } : { kills }),
    ...(minutes === undefined ? {} : { minutes }),
    seed: values.seed ?? Math.floor(Math.random() * 2 ** 32).toString(36),
    kinds,
    json: values.json === true,
  };
}

function readNumber(flag: string, text: string | undefined, min: number): number | undefined {
  if (text === undefined) return undefined;
  const number = Number(text);
  if (text.trim() !== '' && Number.isFinite(number) && number >= min) return number;
  throw new TypeError(`${flag}: expected a number from ${min} on, found ${text}`);
}
