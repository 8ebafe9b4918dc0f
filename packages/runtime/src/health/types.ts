import type { Logger } from '../logger.js';

/** One value of a metric, with the values of its labels. */
export interface Sample {
  labels: Readonly<Record<string, string>>;
  value: number;
}

/**
 * A metric that is read from an app's facts when somebody asks for it: it costs nothing until then.
 *
 * Names and units as Prometheus wants them: `bitten_…_total` for what only grows, `_seconds` and `_bytes`. A label has
 * few values, all known beforehand: never a user, a symbol, a producer or anything else a publisher chooses.
 */
export interface MetricFamily<Facts> {
  type: 'counter' | 'gauge';
  name: string;
  help: string;
  labels?: readonly string[];
  /** One value, or one for each combination of labels; null where there is nothing to say. */
  read: (facts: Facts) => number | null | readonly Sample[];
}

/** How long something takes, as a histogram; `steps` are the values of its one label. */
export interface DurationFamily<Step extends string = string> {
  name: string;
  help: string;
  label: string;
  steps: readonly Step[];
  /** Upper bounds in seconds, ascending. */
  buckets_s: readonly number[];
}

/** Notes how long a step took. Below zero, which another machine's clock makes possible, counts as zero. */
export type NoteDuration<Step extends string = string> = (step: Step, seconds: number) => void;

/** Why an app cannot do its job now. */
export interface NotReady {
  /** For programs. */
  code: string;
  /** For people: what is wrong, and what to do where that is known. */
  message: string;
  /** Unix seconds, where that is known. */
  since?: number;
}

/**
 * What an app tells of itself: to Prometheus, to a load balancer or supervisor, and to whoever else looks after it.
 * None of it may throw or wait.
 */
export interface HealthSource<Facts> {
  /** Null while there are none: before the app has started and after it has stopped. */
  facts: () => Facts | null;
  families: ReadonlyArray<MetricFamily<Facts>>;
  /** Empty where the app does its job. */
  notReady: () => readonly NotReady[];
}

export interface HealthOptions<Facts> extends HealthSource<Facts> {
  app: string;
  version: string;
  /** Null turns it off: nothing is loaded, nothing listens. 0 lets the system choose. */
  port: number | null;
  /** The name of the setting that changes the port, for the log's remedy. */
  portSetting: string;
  log: Pick<Logger, 'info' | 'warn'>;
  /** How often a port that is taken is tried again; 30,000 by default. */
  retry_ms?: number;
}

/** The HTTP side of an app's health. */
export interface Health {
  /** Null where nothing listens now. */
  readonly port: number | null;
  /** Begins to keep a histogram; undefined where health is turned off, so that nobody measures for nothing. */
  durations<Step extends string>(family: DurationFamily<Step>): NoteDuration<Step> | undefined;
  stop(): Promise<void>;
}
