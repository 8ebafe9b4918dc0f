import type { AttemptResult } from '../book/outbox.js';
import { DeliveryError } from '../channels/channel.js';

/** Waits double from one second to five minutes; a little less or more, so that many do not come back at once. */
const wait_s = { min: 1, max: 300 };
const jitter = 0.2;
/** After a day nobody wants to hear of it any more. */
const giveUpAfter_s = 86_400;
/** Another side may ask for patience, not for the next week. */
const retryAfter_s_max = 3_600;

export interface Attempt {
  /** Of those made so far, this one included. */
  attempts: number;
  /** Unix seconds of the first one, and of now. */
  firstAt: number;
  now: number;
  /** 0 to 1. */
  random: number;
}

/** What becomes of an attempt that failed. */
export function afterFailure(error: unknown, { attempts, firstAt, now, random }: Attempt): AttemptResult {
  const message = (error instanceof Error ? error.message : String(error)).slice(0, 500);
  const isPassing = !(error instanceof DeliveryError) || error.isPassing;
  if (!isPassing) return { is: 'given_up', error: message };
  const doubled = Math.min(wait_s.max, wait_s.min * 2 ** (attempts - 1));
  const own = doubled * (1 + (random * 2 - 1) * jitter);
  const asked = error instanceof DeliveryError ? Math.min(error.retryAfter_s ?? 0, retryAfter_s_max) : 0;
  const due_at = now + Math.max(own, asked);
  if (due_at - firstAt > giveUpAfter_s)
    return { is: 'given_up', error: `${message} (tried ${attempts} times)` };
  return { is: 'delayed', due_at, error: message };
}
