import type { Queries } from './queries.js';

/** What a worker is asked. */
export interface QueryRequest {
  id: number;
  name: keyof Queries;
  argument: unknown;
}

/** What it answers: the result, or the error's facts. */
export type QueryReply =
  | { id: number; ok: true; value: unknown }
  | { id: number; ok: false; error: QueryFailure };

export interface QueryFailure {
  /** Null for a mistake of ours. */
  code: string | null;
  message: string;
  found?: string | undefined;
  expected?: string | undefined;
  remedy?: string | undefined;
}
