import type { Lifecycle } from '@bitten/storage/store';
import type { EventRow } from './events.js';

export type { Lifecycle };

/** The lists of `GET /api/lifecycle?list=…&before=&limit=`; `slow` sorts by `hop` (`to_fire_s`, …). */
export const lifecycleLists = [
  'all',
  'open',
  'never-executed',
  'orphans',
  'duplicates',
  'expired',
  'slow',
] as const;
export type LifecycleList = (typeof lifecycleLists)[number];

export interface LifecyclePage {
  lives: Lifecycle[];
  next: string | null;
  /** How many are in each list, as far as it was worth counting: `10000` means that many or more. */
  counts: Partial<Record<LifecycleList, number>>;
}

/** `GET /api/lifecycle/:id`: a fire's id, a signal's id or a correlation id. */
export interface LifecycleWhole {
  id: string;
  lives: Lifecycle[];
  events: EventRow[];
}
