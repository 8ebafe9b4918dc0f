import { createRandom } from '@bitten/simulator';

/** One restart to come. */
export interface Restart {
  /** Seconds after the beginning. */
  at_s: number;
  role: string;
  signal: 'SIGTERM' | 'SIGKILL';
}

/**
 * When who is restarted, and whether in good order: all within the first half, the roles in turn, so that lives of
 * different length can be compared and the last one of each is long enough to show a slope.
 */
export function scheduleRestarts(options: {
  roles: readonly string[];
  restarts: number;
  duration_s: number;
  seed: string;
}): Restart[] {
  const { roles, restarts, duration_s, seed } = options;
  const random = createRandom(`${seed} restarts`);
  const count = restarts * roles.length;
  const step_s = duration_s / 2 / (count + 1);
  return Array.from({ length: count }, (_, i) => ({
    at_s: step_s * (i + 1),
    role: roles[i % roles.length]!,
    signal: random.chance(0.5) ? 'SIGKILL' : 'SIGTERM',
  }));
}
