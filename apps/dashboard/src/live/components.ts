import type { ComponentNow } from '../api/index.js';
import type { Heartbeat } from '../queries/heartbeats.js';

/** A component that keeps a shorter rhythm is given as much time as one that speaks every 30 s. */
const silence_s_min = 90;
const intervals_missed = 3;

/** What the words of `system_health` mean for somebody who looks whether all is well; anything else is `unwell`. */
const meaning: Readonly<Record<string, ComponentNow['state']>> = {
  starting: 'up',
  started: 'up',
  running: 'up',
  degraded: 'unwell',
  error: 'unwell',
  stopping: 'down',
  stopped: 'down',
};

/**
 * Whether a component is up, by its own last word and its own rhythm. `at` is the time up to which everything it may
 * have said is known (Unix seconds): while the store is behind, silence means nothing.
 */
export function judgeComponent({ interval_s, ...said }: Heartbeat, at: number): ComponentNow {
  const state = meaning[said.status] ?? 'unwell';
  const silence_s_max = Math.max(silence_s_min, intervals_missed * (interval_s ?? 0));
  // Who has said that it ends is not expected to say more.
  const isSilent = state !== 'down' && at - said.at > silence_s_max;
  return { ...said, state: isSilent ? 'silent' : state };
}
