import type { ApiIssue } from './common.js';

/** A row of `GET /api/dead-letters?status=open&types=&before=&limit=`. */
export interface DeadLetterRow {
  id: number;
  received_at: number;
  door: string;
  producer: string | null;
  event_type: string | null;
  source: string | null;
  status: string;
  issues: ApiIssue[];
}

export interface DeadLettersPage {
  letters: DeadLetterRow[];
  next: string | null;
  /** How many of each status. */
  counts: Record<string, number>;
}

/** `GET /api/dead-letters/:id`. */
export interface DeadLetterWhole extends DeadLetterRow {
  /** Null where it is no UTF-8; then `bytes` says how many came. */
  payload: string | null;
  bytes: number;
  resolutions: Array<{
    action: string;
    seq: number | null;
    reason: string | null;
    by: string | null;
    created_at: number;
  }>;
  /** How it stands by today's rules, as it is. */
  examined: Examined;
}

/** `POST /api/dead-letters/:id/examine` with `{ payload }`: nothing changes, so it needs no token. */
export interface Examined {
  passes: boolean;
  issues: ApiIssue[];
  /** Why to think before it is driven again, in words. */
  cautions: string[];
  /** What of it is gone for good, in words. */
  lost: string[];
}

/**
 * The body of `POST /api/dead-letters/:id/retry` (`reason`, `force`), `/correct` (`payload`, `reason`, `force`) and
 * `/discard` (`reason`, which is required there).
 */
export interface Settle {
  /** The whole event as JSON text; every digit of it counts. */
  payload?: string;
  /** At most 500 characters. */
  reason?: string;
  /** Also where there are cautions: without it they are answered with 409 `needs_force`. */
  force?: boolean;
}

/** What became of it. */
export interface Settled {
  action: 'retried' | 'corrected' | 'discarded';
  seq: number | null;
  /** It had been settled like this before: nothing was stored a second time. */
  repeat: boolean;
  /** Refused again: the new dead letter. */
  refused: { dead_letter: number | null; issues: ApiIssue[] } | null;
}
