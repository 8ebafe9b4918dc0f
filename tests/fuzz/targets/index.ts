import type { Target } from '../target.js';
import { busTargets } from './bus.js';
import { eventTargets } from './events.js';
import { logTargets } from './log.js';
import { peopleTargets } from './people.js';
import { wireTargets } from './wire.js';

/** Every decoder that reads what somebody else has written. */
export const targets: readonly Target[] = [
  ...eventTargets,
  ...wireTargets,
  ...busTargets,
  ...logTargets,
  ...peopleTargets,
];
