import { BusAwayError } from '@bitten/client';
import { BittenError } from '@bitten/schema';
import {
  ConnectionLostError,
  DeadlineError,
  KeyFileError,
  KeyRefusedError,
  NotConnectedError,
  SlowDownError,
  UnavailableError,
} from '@bitten/transport';
import type { ApiError, ApiIssue } from '../api/index.js';

export type ErrorStatus = 400 | 401 | 403 | 404 | 405 | 409 | 413 | 415 | 421 | 429 | 500 | 503;

/** A request that cannot be answered as it is; everything else that throws is looked up in `statusOf`. */
export class HttpError extends BittenError {
  readonly status: ErrorStatus;
  readonly issues: readonly ApiIssue[] | undefined;

  constructor(
    status: ErrorStatus,
    code: string,
    message: string,
    facts: { found?: string; expected?: string; remedy?: string; issues?: readonly ApiIssue[] } = {},
  ) {
    const { issues, ...rest } = facts;
    super(code, message, rest);
    this.status = status;
    this.issues = issues;
  }
}

/** What was asked for cannot be understood. */
export function badRequest(what: string, facts: { found: string; expected: string }): HttpError {
  return new HttpError(
    400,
    'bad_request',
    `${what}: expected ${facts.expected}, found ${facts.found}`,
    facts,
  );
}

export function notFound(what: string, remedy?: string): HttpError {
  return new HttpError(404, 'not_found', what, remedy === undefined ? {} : { remedy });
}

const busAway = [
  BusAwayError,
  NotConnectedError,
  ConnectionLostError,
  DeadlineError,
  KeyFileError,
  KeyRefusedError,
  SlowDownError,
  UnavailableError,
];

/** Codes of the store's errors that pass when the collector has done its work. */
const storeAway = new Set([
  'missing_store',
  'older_store',
  'store_unavailable',
  'query_deadline',
  'queries_busy',
]);

export function statusOf(error: unknown): ErrorStatus {
  if (error instanceof HttpError) return error.status;
  if (busAway.some((kind) => error instanceof kind)) return 503;
  if (error instanceof BittenError && storeAway.has(error.code)) return 503;
  return 500;
}

/** What is told of an error; of one that is a mistake of ours, only that it happened. */
export function apiErrorOf(error: unknown): ApiError {
  if (!(error instanceof BittenError)) {
    return { error: { code: 'internal', message: 'the dashboard has made a mistake; its log says which' } };
  }
  const { code, message, found, expected } = error;
  const remedy = error.remedy ?? usualRemedy(statusOf(error));
  const issues = error instanceof HttpError ? error.issues : undefined;
  return {
    error: {
      code,
      message,
      ...(found === undefined ? {} : { found }),
      ...(expected === undefined ? {} : { expected }),
      ...(remedy === undefined ? {} : { remedy }),
      ...(issues === undefined ? {} : { issues: [...issues] }),
    },
  };
}

/** What helps where an error knows nothing better. */
function usualRemedy(status: ErrorStatus): string | undefined {
  if (status === 503) return 'try again in a moment';
  return status < 500 ? 'ask as docs/DASHBOARD.md shows it' : undefined;
}
