import type { Routes } from '../http/app.js';
import { aboutRoutes } from './about.js';
import { alertRoutes } from './alerts.js';
import { analyticsRoutes } from './analytics.js';
import { deadLetterRoutes } from './dead-letters.js';
import { eventRoutes } from './events.js';
import { lifecycleRoutes } from './lifecycle.js';
import { nowRoutes } from './now.js';
import { replayRoutes } from './replays.js';
import { stateRoutes } from './state.js';
import { streamRoutes } from './stream.js';

/** What there is to ask for, a file for each page. */
export const routes: readonly Routes[] = [
  aboutRoutes,
  nowRoutes,
  streamRoutes,
  eventRoutes,
  lifecycleRoutes,
  analyticsRoutes,
  stateRoutes,
  replayRoutes,
  deadLetterRoutes,
  alertRoutes,
];
