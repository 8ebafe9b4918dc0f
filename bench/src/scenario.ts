import type { FigureName } from './figures.js';
import type { Programs } from './system/programs.js';
import type { System, SystemOptions } from './system/system.js';

/** How long and how large: `quick` guards a change in CI, `usual` is for people, `full` takes its time. */
export type Scale = 'quick' | 'usual' | 'full';

/** One question put to the system. Its file opens with the question, the knobs and the thresholds. */
export interface Scenario {
  name: string;
  question: string;
  /** The figures it records; one that is missing afterwards cannot be told on this machine. */
  figures: readonly FigureName[];
  /** How often it is worth asking; by default as often as the command is told. */
  runs_max?: number;
  /** Asks once. Everything it starts through `bench` is ended afterwards. */
  run(bench: Bench): Promise<void>;
}

/** What a scenario works with, for one run. */
export interface Bench {
  readonly scale: Scale;
  /** The knobs of this scale. */
  knobs<Knobs>(of: Record<Scale, Knobs>): Knobs;
  record(figure: FigureName, value: number): void;
  /** A sentence to stand under the table: what was stated and not measured, how large it was. */
  note(text: string): void;
  /** An empty folder, removed after the run. */
  folder(): string;
  /** Bus and, unless told otherwise, collector, ready. */
  system(options?: SystemOptions): Promise<System>;
  /** Starts a program of ours beside the system. */
  start<Name extends keyof Programs>(name: Name, label?: string): Promise<Programs[Name]>;
}
