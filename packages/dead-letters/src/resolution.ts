import {
  checkEvent,
  createStandardCatalogue,
  type DeadLetterResolved,
  defaultSourceOf,
  type Envelope,
  encodeEvent,
} from '@bitten/schema';
import { BadResolutionError } from './errors.js';

const catalogue = createStandardCatalogue();

/**
 * The event that says what became of a dead letter, as JSON. It carries the correlation of the event the letter
 * holds, where that is one an event could carry: who asks for a signal sees this too. Throws `BadResolutionError`.
 */
export function encodeResolution(
  data: DeadLetterResolved,
  { at, correlation }: { at: number; correlation: unknown },
): string {
  const plain: Envelope = {
    event_type: 'dead_letter_resolved',
    timestamp: at,
    source: defaultSourceOf('dead_letter_resolved'),
    data,
  };
  const issues = checkEvent(plain, catalogue);
  if (issues.length > 0) throw new BadResolutionError(issues);
  const correlated = { ...plain, correlation_id: correlation } as Envelope;
  return encodeEvent(checkEvent(correlated, catalogue).length === 0 ? correlated : plain);
}

/** What the text says it belongs to; undefined for what is no JSON object. */
export function correlationIn(text: string | null): unknown {
  try {
    return (JSON.parse(text ?? '') as { correlation_id?: unknown } | null)?.correlation_id;
  } catch {
    return undefined;
  }
}
