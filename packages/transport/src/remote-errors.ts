import { type BittenError, GapError } from '@bitten/schema';
import {
  OutOfSequenceError,
  PositionBeyondEndError,
  RemoteError,
  SlowDownError,
  UnavailableError,
} from './errors.js';
import type { WireError } from './messages.js';

/** The class that a caller can tell apart, for an error object of the bus (docs/PROTOCOL.md section 7). */
export function remoteError(error: WireError): BittenError {
  const { code, message } = error;
  if (code === 'gap' && error.gap !== undefined) {
    return new GapError(error.gap.from, error.gap.to, error.gap.why);
  }
  if (code === 'beyond_end' && error.end !== undefined) return new PositionBeyondEndError(error.end, message);
  if (code === 'out_of_sequence' && typeof error.expected === 'number') {
    return new OutOfSequenceError(error.expected, message);
  }
  if (code === 'slow_down') return new SlowDownError(error.retry_ms ?? 1000, message);
  if (code === 'unavailable') return new UnavailableError(error.why ?? message, message);
  return new RemoteError(error);
}
