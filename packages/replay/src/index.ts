/**
 * History at a pace of its own, marked so that it cannot trade.
 *
 * @module @bitten/replay
 */
export { BroadcastStage, type BroadcastStageOptions, type ReplayClient } from './broadcast-stage.js';
export { ReplayDriver, type ReplayDriverOptions, type ReplayProgress } from './driver.js';
export { BadSpeedError, Pace, type PaceOptions, type Speed } from './pace.js';
export { type LoggedItem, type ReadItemsOptions, type ReplayClock, readItems } from './read-items.js';
export type { Played, ReplayItem, ReplayStage } from './stage.js';
export { type Survey, type SurveyOptions, surveyReplay } from './survey.js';
export { type ReplayTimers, realTimers } from './timers.js';
