import { BittenError, GapError } from '@bitten/schema';
import { BeyondEndError, CorruptLogError, LogUnavailableError } from '@bitten/storage/log';
import type { Reply, WireError } from '@bitten/transport';
import { CursorRefusedError, UnknownCursorError } from './cursors.js';
import type { Outcome } from './ingest.js';
import { NoKeyError } from './last-values/last-values.js';
import { TooManyReplaysError } from './replayer.js';

/** What a publisher is answered. */
export function publishReply(outcome: Outcome, count: number): Reply {
  switch (outcome.kind) {
    case 'appended':
      return {
        op: 'publish',
        level: 'fsynced',
        seqs: outcome.placements.map(({ producerSeq, seq, count }) => [producerSeq, seq, count]),
        rejected: outcome.rejected,
      };
    case 'out_of_sequence':
      return failure({
        code: 'out_of_sequence',
        message: 'an earlier batch of this producer is missing',
        expected: outcome.expected,
        remedy: 'send again from the oldest unacknowledged event',
      });
    case 'miscounted':
      return failure({
        code: 'bad_request',
        message: 'the body does not hold as many events as the header says',
        found: `${outcome.found} lines`,
        expected: `${count} lines`,
        remedy: 'separate events by one \\n, with none inside an event and none after the last',
      });
    case 'disputed':
      return failure({
        code: 'disputed',
        message: `event ${outcome.producerSeq} of this producer was said to be acknowledged, and is in no log`,
        found: `event ${outcome.producerSeq}, sent as not acknowledged`,
        expected: 'an event that was acknowledged, or one after those',
        remedy: 'two programs use one producer id: publish under a new one',
      });
    case 'unavailable':
      return failure(unavailable(outcome.cause));
  }
}

/** What everybody is answered while the bus stops. */
export function stoppingReply(): Reply {
  const message = 'the bus is stopping';
  return failure({
    code: 'unavailable',
    message,
    why: message,
    remedy: 'keep the events and try again later',
  });
}

/** An error as it travels (docs/PROTOCOL.md section 7). */
export function wireError(error: unknown): WireError {
  const facts = describe(error);
  if (error instanceof GapError) {
    return { code: 'gap', ...facts, gap: { from: error.from, to: error.to, why: error.why } };
  }
  if (error instanceof BeyondEndError) return { code: 'beyond_end', ...facts, end: error.end };
  if (error instanceof CorruptLogError) {
    return { code: 'corrupt', ...facts, place: { file: error.file, offset: error.offset, seq: error.seq } };
  }
  if (error instanceof LogUnavailableError) return unavailable(error);
  if (
    error instanceof UnknownCursorError ||
    error instanceof CursorRefusedError ||
    error instanceof NoKeyError
  ) {
    return { code: error.code, ...facts };
  }
  if (error instanceof TooManyReplaysError) return { code: error.code, ...facts, retry_ms: error.retry_ms };
  return { code: 'internal', ...facts };
}

export function failure(error: WireError): Reply {
  return { op: 'error', error };
}

function unavailable(cause: unknown): WireError {
  const facts = describe(cause);
  return { code: 'unavailable', ...facts, why: facts.message };
}

function describe(error: unknown): { message: string; found?: string; expected?: string; remedy?: string } {
  if (!(error instanceof BittenError))
    return { message: error instanceof Error ? error.message : String(error) };
  const { message, found, expected, remedy } = error;
  return {
    message,
    ...(found === undefined ? {} : { found }),
    ...(expected === undefined ? {} : { expected }),
    ...(remedy === undefined ? {} : { remedy }),
  };
}
