import type { Scenario } from '../scenario.js';
import { acks } from './acks.js';
import { footprint } from './footprint.js';
import { live } from './live.js';
import { panels } from './panels.js';
import { raw } from './raw.js';
import { receipts } from './receipts.js';
import { replay } from './replay.js';
import { restart } from './restart.js';
import { start } from './start.js';
import { storeSize } from './store-size.js';
import { stored } from './stored.js';
import { visible } from './visible.js';

/** Every question, in the order they are asked. */
export const scenarios: readonly Scenario[] = [
  raw,
  stored,
  acks,
  receipts,
  live,
  visible,
  replay,
  restart,
  start,
  footprint,
  storeSize,
  panels,
];
