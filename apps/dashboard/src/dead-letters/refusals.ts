import {
  AlreadyDrivenError,
  BadResolutionError,
  CautionError,
  NoSuchLetterError,
  OtherLogError,
  StillInvalidError,
} from '@bitten/dead-letters';
import type { Issue } from '@bitten/schema';
import { type ErrorStatus, HttpError } from '../http/errors.js';

/** What stands in the way of settling a dead letter, as a request is told of it; anything else as it is. */
export function refusalOf(error: unknown, { isCorrected = false } = {}): unknown {
  if (error instanceof NoSuchLetterError) return told(404, error);
  // What the page has sent is wrong; what has lain there all along only stands in the way.
  if (error instanceof StillInvalidError) return told(isCorrected ? 400 : 409, error, error.issues);
  if (error instanceof BadResolutionError) return told(400, error);
  if (error instanceof CautionError || error instanceof AlreadyDrivenError) return told(409, error);
  if (error instanceof OtherLogError) return told(503, error);
  return error;
}

type Refusal =
  | NoSuchLetterError
  | StillInvalidError
  | BadResolutionError
  | CautionError
  | AlreadyDrivenError
  | OtherLogError;

function told(status: ErrorStatus, error: Refusal, issues?: readonly Issue[]): HttpError {
  const { code, message, found, expected, remedy } = error;
  return new HttpError(status, code, message, {
    ...(found === undefined ? {} : { found }),
    ...(expected === undefined ? {} : { expected }),
    ...(remedy === undefined ? {} : { remedy }),
    ...(issues === undefined ? {} : { issues }),
  });
}
