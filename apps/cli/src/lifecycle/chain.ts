import type { Lifecycle } from '@bitten/storage/store';
import type { Colors } from '../show/terminal.js';
import { harmless } from '../show/terminal.js';
import { formatDuration, formatTime } from '../time.js';

interface Step {
  name: string;
  at: number | null;
  seq: number | null;
  count: number;
  /** Since the hop before it, seconds. */
  took_s: number | null;
  what: string;
  /** What to say where it is not there; null where that says nothing. */
  absence: 'missing' | 'not yet' | null;
}

/** One life as a chain, a line a hop: when it was, how long it took, what is missing. */
export function describeChain(life: Lifecycle, { now, colors }: { now: number; colors: Colors }): string[] {
  const id = life.fire_id === null ? `signal ${life.signal_id}` : `fire ${life.fire_id}`;
  const user = life.user_id === null ? null : `user ${life.user_id}`;
  const about = [life.symbol, life.direction, life.pattern, user].filter((part) => part !== null);
  const steps = stepsOf(life).filter(({ at, absence }) => at !== null || absence !== null);
  const width = Math.max(...steps.map(({ name }) => name.length));
  return [
    harmless(`${id}: ${life.state}${about.length === 0 ? '' : ` (${about.join(' ')})`}`),
    ...steps.map((step) => describeStep(step, { now, colors, width })),
  ];
}

function stepsOf(life: Lifecycle): Step[] {
  const missing = life.missing?.split(',') ?? [];
  const awaited = life.fire_id !== null && life.executed_seq === null ? 'execution' : null;
  const gain = [life.outcome, inWords(life.profit, 'profit'), inWords(life.pips, 'pips')];
  const tracked = [life.signal_outcome, inWords(life.signal_pips, 'pips')];
  const signalId = life.fire_id === null ? null : life.signal_id;
  const step = (name: string, hop: Omit<Step, 'name' | 'what' | 'absence'>, what: Array<string | null>) => ({
    name,
    ...hop,
    what: what.filter((part) => part !== null).join(', '),
    absence: missing.includes(name) ? ('missing' as const) : name === awaited ? ('not yet' as const) : null,
  });
  const { signal_at, fired_at, executed_at, confirmed_at, outcome_at, expired_at, signal_outcome_at } = life;
  return [
    step('signal', { at: signal_at, seq: life.signal_seq, count: life.signal_count, took_s: null }, [
      signalId,
      inWords(life.confidence, 'confidence'),
    ]),
    step('expired', { at: expired_at, seq: life.expired_seq, count: life.expired_count, took_s: null }, []),
    step('fire', { at: fired_at, seq: life.fired_seq, count: life.fired_count, took_s: life.to_fire_s }, []),
    step(
      'execution',
      { at: executed_at, seq: life.executed_seq, count: life.executed_count, took_s: life.to_execute_s },
      [life.ticket === null ? null : `ticket ${life.ticket}`],
    ),
    step(
      'confirmation',
      { at: confirmed_at, seq: life.confirmed_seq, count: life.confirmed_count, took_s: life.to_confirm_s },
      [],
    ),
    step(
      'outcome',
      { at: outcome_at, seq: life.outcome_seq, count: life.outcome_count, took_s: life.to_outcome_s },
      gain,
    ),
    step(
      'tracked',
      { at: signal_outcome_at, seq: life.signal_outcome_seq, count: life.signal_outcome_count, took_s: null },
      tracked,
    ),
  ];
}

function inWords(value: number | null, unit: string): string | null {
  return value === null ? null : `${value} ${unit}`;
}

function describeStep(
  { name, at, seq, count, took_s, what, absence }: Step,
  { now, colors, width }: { now: number; colors: Colors; width: number },
): string {
  const label = `  ${name.padEnd(width)}  `;
  if (at === null) return `${label}${colors.yellow(absence ?? '')}`;
  const parts = [
    formatTime(at, now),
    `seq ${seq}`,
    took_s === null ? null : `after ${signed(took_s)}`,
    what === '' ? null : harmless(what),
    count > 1 ? colors.yellow(`${count} times`) : null,
  ];
  return label + parts.filter((part) => part !== null).join('  ');
}

/** Clocks of two components may disagree: a hop before the one it answers is shown as it is. */
export function signed(seconds: number): string {
  return seconds < 0 ? `-${formatDuration(-seconds)}` : formatDuration(seconds);
}
