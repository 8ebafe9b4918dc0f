import type { ReplayProgress, Survey } from '@bitten/replay';
import { amount, count } from '../show/amount.js';
import { formatDuration, formatTime } from '../time.js';
import type { ReplayPlan } from './plan.js';

/** What a replay came to; with `--json` this is what is printed. */
export interface ReplayResult {
  name: string;
  /** `ended`, or `stopped` before the end. */
  state: ReplayProgress['state'];
  from: number;
  to: number;
  /** The first place that was not played. */
  next: number;
  sent: number;
  unheard: number;
  missing: number;
  duration_s: number;
}

export function resultOf(name: string, progress: ReplayProgress, duration_s: number): ReplayResult {
  const { state, from, to, next, sent, unheard, missing } = progress;
  const rounded = Math.round(duration_s * 1000) / 1000;
  return { name, state, from, to, next, sent, unheard, missing, duration_s: rounded };
}

export function describeResult(result: ReplayResult): string {
  const { name, state, next, to, sent, unheard, missing, duration_s } = result;
  const lines = [`${name}: ${count(sent + unheard, 'event')} replayed in ${formatDuration(duration_s)}`];
  if (unheard > 0) lines.push(`  ${amount(unheard)} of them to nobody: no one subscribes to them`);
  if (missing > 0) lines.push(`  ${amount(missing)} that retention has removed`);
  if (state !== 'ended') lines.push(`  stopped at ${next} of ${to - 1}; to go on: --from ${next}`);
  return `${lines.join('\n')}\n`;
}

/** What would be played; with `--json` this is what is printed. */
export interface SurveyResult {
  from: number;
  to: number;
  events: number;
  missing: number;
  first: { seq: number; time: number } | null;
  last: { seq: number; time: number } | null;
  /** At the speed asked for; null at full speed, which nobody knows. */
  duration_s: number | null;
}

export function surveyResult(
  survey: Survey,
  plan: ReplayPlan,
  places: { from: number; to: number },
): SurveyResult {
  const { events, missing, first, last, duration_ms } = survey;
  const duration_s = plan.speed === 'max' ? null : Math.round(duration_ms / plan.speed) / 1000;
  return { ...places, events, missing, first, last, duration_s };
}

export function describeSurvey(result: SurveyResult, speed: ReplayPlan['speed'], now: number): string {
  const { events, missing, first, last, duration_s } = result;
  const lines = [`${count(events, 'event')} would be replayed`];
  if (first !== null && last !== null) {
    const span = `${formatTime(first.time, now)} (seq ${first.seq}) to ${formatTime(last.time, now)} (seq ${last.seq})`;
    lines.push(`  from ${span}`);
    lines.push(
      duration_s === null ? '  as fast as it goes' : `  in ${formatDuration(duration_s)} at speed ${speed}`,
    );
  }
  if (missing > 0) lines.push(`  ${amount(missing)} more have been removed by retention`);
  return `${lines.join('\n')}\n`;
}

/** Where a replay is, on one line. */
export function describeProgress(progress: ReplayProgress, now: number): string {
  const { state, from, to, next, sent, unheard, at, speed } = progress;
  const percent = to === from ? 100 : Math.floor((100 * (next - from)) / (to - from));
  const parts = [
    state,
    `${percent} %`,
    `seq ${amount(next)} of ${amount(to - 1)}`,
    ...(at === null ? [] : [formatTime(at, now)]),
    speed === 'max' ? 'full speed' : `x${speed}`,
    `${amount(sent)} sent`,
    ...(unheard === 0 ? [] : [`${amount(unheard)} unheard`]),
  ];
  return parts.join('  ');
}
