/** What a value of a window is made of. */
export const windowFunctions = ['last', 'min', 'max', 'mean', 'sum', 'change', 'drawdown', 'streak'] as const;
export type WindowFunction = (typeof windowFunctions)[number];

/** What can go wrong between a signal and its trade. */
export const lifecycleFaults = [
  'not_executed',
  'executed_twice',
  'executed_without_fire',
  'executed_late',
] as const;
export type LifecycleFault = (typeof lifecycleFaults)[number];

/** What the system itself can be asked for; the names say their units. */
export const systemFigures = [
  'collector_lag_events',
  'collector_lag_s',
  'dead_letters_open',
  'disk_free_bytes',
  'disk_free_percent',
  'backup_age_s',
  'bus_away_s',
] as const;
export type SystemFigure = (typeof systemFigures)[number];

/** True above one number, or below the other; exactly one is given. */
export interface Threshold {
  above: number | null;
  below: number | null;
}

/** An event that obeys an expression. */
interface MatchCondition {
  kind: 'match';
  types: readonly string[];
  where: string | null;
}

/** More, or fewer, than so many events within the last so many seconds. */
export interface RateCondition extends Threshold {
  kind: 'rate';
  types: readonly string[];
  where: string | null;
  within_s: number;
  /** Keys that are missed from the beginning, also where no event has named them. */
  keys: readonly string[];
}

/** A number made from events, over a window or since the beginning (null). */
export interface ValueCondition extends Threshold {
  kind: 'value';
  types: readonly string[];
  where: string | null;
  /** The number of one event; with `streak`, whether the event counts. */
  value: string;
  function: WindowFunction;
  within_s: number | null;
}

/** Something amiss between fire_command and trade_executed. */
export interface LifecycleCondition {
  kind: 'lifecycle';
  fault: LifecycleFault;
  /** How long to wait for what is missing. */
  within_s: number;
}

/** A figure of the system itself, which whoever runs the engine has to bring. */
export interface SystemCondition extends Threshold {
  kind: 'system';
  figure: SystemFigure;
}

export type Condition =
  | MatchCondition
  | RateCondition
  | ValueCondition
  | LifecycleCondition
  | SystemCondition;

/** Whether a number is beyond a threshold. */
export function isBeyond(value: number, { above, below }: Threshold): boolean {
  return above === null ? value < below! : value > above;
}
