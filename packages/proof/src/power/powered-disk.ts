import type { System } from '../system/system.js';

/** A folder that can lose its power, with whoever works on it. */
export interface PoweredDisk {
  /** `image`: what the disk had been given is there. `injected`: of what was not synced, anything may be. */
  readonly method: 'image' | 'injected';
  readonly dataDir: string;
  /** What the programs need in their environment to be on it. */
  readonly env: Readonly<Record<string, string>>;
  /** The same for the bus of a life that is to end in a cut. */
  busEnv(): Readonly<Record<string, string>>;
  /** The power fails: every program is gone, and the folder is as it would be found. */
  cut(system: System): Promise<void>;
  /** Takes everything away. */
  remove(): void;
}
