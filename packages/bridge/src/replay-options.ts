import type { ReplayClock, Speed } from '@bitten/replay';
import type { EventFilter } from '@bitten/transport';
import { BadOptionError } from './options.js';
import type { SubscribeOptions } from './subscription.js';

/** Which stretch of the log is replayed, and how. */
export interface ReplayOptions {
  /** `start`, a `seq`, or the first event appended at or after a time in Unix seconds. */
  from: 'start' | number | { time: number };
  /** Up to, not including; default `end`, the end of the log when the replay begins. */
  to?: 'end' | number | { time: number };
  /** 1, the default, as it happened; 10 ten times as fast; `max` as fast as the handler takes it. */
  speed?: Speed;
  /** Whose time makes the pace: that of the events (`own`, the default), or of their append (`appended`). */
  clock?: ReplayClock;
  /** Cuts longer pauses between two events to this, in milliseconds of the time they happened in. Default: none. */
  gapMax_ms?: number;
  /** Begins paused, to be stepped through or resumed. Default false. */
  paused?: boolean;
  /** Stands in the mark of each event, as `id`. Default `private`. */
  name?: string;
}

/** A private replay: the filter of a subscription, and no place that is kept. */
export interface ReplaySubscribeOptions
  extends EventFilter,
    Pick<SubscribeOptions, 'onGap' | 'onError' | 'onHandlerError'> {
  replay: ReplayOptions;
  from?: never;
  cursor?: never;
  hold?: never;
  lastValues?: never;
  expired?: never;
}

/** Throws `BadOptionError` for what makes no sense, and for options of a live subscription. */
export function checkReplayOptions(options: ReplaySubscribeOptions): void {
  const { replay } = options;
  for (const name of ['from', 'cursor', 'hold', 'lastValues', 'expired'] as const) {
    const given: unknown = options[name];
    if (given === undefined) continue;
    throw new BadOptionError(
      name,
      JSON.stringify(given),
      'left out: a replay begins anew each time it is asked for',
    );
  }
  if (typeof replay !== 'object' || replay === null) {
    throw new BadOptionError('replay', replay, 'an object with from');
  }
  const { from, to = 'end', speed = 1, clock = 'own', gapMax_ms = 0 } = replay;
  if (from !== 'start' && !isPlace(from)) {
    throw new BadOptionError('replay.from', JSON.stringify(from), 'start, a seq from 1 on, or { time }');
  }
  if (to !== 'end' && !isPlace(to)) {
    throw new BadOptionError('replay.to', JSON.stringify(to), 'end, a seq from 1 on, or { time }');
  }
  const isSpeed = speed === 'max' || (Number.isFinite(speed) && speed > 0);
  if (!isSpeed) throw new BadOptionError('replay.speed', speed, 'a number above 0, or max');
  if (clock !== 'own' && clock !== 'appended')
    throw new BadOptionError('replay.clock', clock, 'own or appended');
  if (!(gapMax_ms >= 0)) throw new BadOptionError('replay.gapMax_ms', gapMax_ms, 'a number from 0 on');
}

function isPlace(value: unknown): boolean {
  if (typeof value === 'object' && value !== null) return Number.isFinite((value as { time?: unknown }).time);
  return Number.isSafeInteger(value) && (value as number) >= 1;
}
