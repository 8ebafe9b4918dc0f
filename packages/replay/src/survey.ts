import { GapError } from '@bitten/schema';
import { Pace } from './pace.js';
import type { ReplayItem, ReplayStage } from './stage.js';

/** What is looked through before it is played. */
export interface SurveyOptions {
  stage: Pick<ReplayStage, 'read'>;
  from: number;
  to: number;
  /** See `PaceOptions`. */
  gap_ms_max?: number | undefined;
  signal?: AbortSignal | undefined;
}

/** What a replay would play, without playing it. */
export interface Survey {
  events: number;
  /** The first and the last of them; null where there is none. */
  first: ReplayItem | null;
  last: ReplayItem | null;
  /** Events that retention has removed, as far as the gaps tell. */
  missing: number;
  /** How long it takes at speed 1, long gaps cut. */
  duration_ms: number;
}

/** Reads what a replay would play. Throws what reading throws, but for gaps, and the signal's reason. */
export async function surveyReplay(options: SurveyOptions): Promise<Survey> {
  const { stage, from, to, gap_ms_max, signal } = options;
  const pace = new Pace({ gap_ms_max, now: () => 0 });
  const survey: Survey = { events: 0, first: null, last: null, missing: 0, duration_ms: 0 };
  for (let next = from; next < to; ) {
    signal?.throwIfAborted();
    try {
      const page = await stage.read(next, to);
      for (const { seq, time } of page.items) {
        survey.events += 1;
        survey.duration_ms = pace.placeOf(time);
        survey.last = { seq, time };
        survey.first ??= survey.last;
      }
      next = page.next;
    } catch (error) {
      if (!(error instanceof GapError)) throw error;
      survey.missing += Math.min(error.to, to) - next;
      next = error.to;
    }
  }
  return survey;
}
