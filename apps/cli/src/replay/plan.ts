import type { BusLink } from '@bitten/client';
import type { ReplayClock, Speed } from '@bitten/replay';
import { UsageError } from '@bitten/runtime';
import { cursorPattern, shorten } from '@bitten/schema';
import type { EventFilter, Position } from '@bitten/transport';
import { type FilterOptions, filterOf } from '../filter.js';
import { parsePosition } from '../position.js';
import { parseDuration, parseMoment } from '../time.js';

/** The options of `bitten replay` as they were typed. */
export interface ReplayFlags extends FilterOptions {
  from?: string;
  to?: string;
  since?: string;
  types?: string[];
  speed: string;
  step?: true;
  clock: string;
  gapMax?: string;
  name?: string;
  dryRun?: true;
  json?: true;
}

/** What is to be played and how: checked. */
export interface ReplayPlan {
  from: Position;
  /** The first that is not played any more. */
  to: Position;
  filter: EventFilter;
  speed: Speed;
  clock: ReplayClock;
  gap_ms_max: number | undefined;
  name: string;
}

/** Throws `UsageError`. */
export function planOf(flags: ReplayFlags, now: Date): ReplayPlan {
  const { from, to, since, types, type, gapMax } = flags;
  const all = [...(type ?? []), ...(types ?? [])];
  return {
    from: startOf(from, since),
    to: to === undefined ? 'end' : endOf(to),
    filter: filterOf({ ...flags, ...(all.length === 0 ? {} : { type: all }) }),
    speed: parseSpeed(flags.speed, '--speed'),
    clock: readClock(flags.clock),
    gap_ms_max: gapMax === undefined ? undefined : parseDuration(gapMax, '--gap-max'),
    name: readName(flags.name ?? nameFor(now)),
  };
}

/** `1`, `10`, `x10`, `0.5x` or `max`. Throws `UsageError`. */
export function parseSpeed(text: string, flag: string): Speed {
  if (text === 'max') return 'max';
  const [, digits] = /^x?(\d+(?:\.\d+)?)x?$/i.exec(text) ?? [];
  if (digits !== undefined && Number(digits) > 0) return Number(digits);
  throw new UsageError(
    `${flag}: expected a number above 0 or max, found ${shorten(text)}`,
    '1 is as it happened, 10 ten times as fast, max as fast as it goes',
  );
}

/** The places of a plan as they are in the log now. */
export async function placesOf(link: BusLink, plan: ReplayPlan): Promise<{ from: number; to: number }> {
  const from = await resolve(link, plan.from);
  return { from, to: Math.max(from, await resolve(link, plan.to)) };
}

async function resolve(link: BusLink, position: Position): Promise<number> {
  if (typeof position !== 'number') {
    return (await link.ask((client) => client.fetch({ from: position, max_bytes: 1 }))).from;
  }
  // A place past the end is the end: what comes later is no history yet.
  return Math.min(position, (await link.ask((client) => client.hello())).next);
}

function startOf(from: string | undefined, since: string | undefined): Position {
  if (from !== undefined && since !== undefined) {
    throw new UsageError('--from and --since each say where to begin', 'give one of them');
  }
  const position = since === undefined ? placeOf(from, '--from') : parsePosition({ since }, '--from');
  if (position !== undefined) return position;
  throw new UsageError(
    'a replay needs a place to begin',
    'give --from (start, a seq or a time) or --since 1h',
  );
}

/** A `seq` is the last one played; of a time, what was appended before it. */
function endOf(to: string): Position {
  const position = placeOf(to, '--to')!;
  return typeof position === 'number' ? position + 1 : position;
}

/** A place in the log, or a time. */
function placeOf(text: string | undefined, flag: string): Position | undefined {
  if (text === undefined) return undefined;
  if (text === 'start' || text === 'now' || /^[1-9]\d{0,8}$/.test(text)) {
    return parsePosition({ place: text }, flag);
  }
  return { time: parseMoment(text, flag, Date.now() / 1000) };
}

function readClock(text: string): ReplayClock {
  if (text === 'own' || text === 'appended') return text;
  throw new UsageError(
    `--clock: expected own or appended, found ${shorten(text)}`,
    'own is when the events say they happened, appended when the bus got them',
  );
}

function readName(name: string): string {
  if (cursorPattern.test(name)) return name;
  throw new UsageError(
    `--name: expected 1 to 100 of A-Z a-z 0-9 . _ : -, found ${shorten(name)}`,
    'for example --name friday-evening',
  );
}

/** `replay-20261122-233501`, in UTC. */
function nameFor(now: Date): string {
  return `replay-${now.toISOString().slice(0, 19).replace(/[-:]/g, '').replace('T', '-')}`;
}
