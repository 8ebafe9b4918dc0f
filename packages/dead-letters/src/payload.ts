import { isUtf8 } from 'node:buffer';
import { limits } from '@bitten/schema';
import type { DeadLetter } from './letter.js';

/** What was kept of what came. */
export interface Payload {
  /** How many bytes there are. */
  bytes: number;
  /** As text; null where the bytes are no UTF-8. */
  text: string | null;
  /** Only the beginning was kept: so much can only have come in several frames. */
  isTruncated: boolean;
  /** Which secrets were removed: none, the values of some fields, or all of what was no JSON. */
  removed: 'nothing' | 'values' | 'everything';
}

/** What the bus leaves of a secret (docs/EVENTS.md): in JSON of its value, elsewhere of all the text. */
const removedValue = '"[secret removed]"';
const removedText = /^\[removed: \d+ bytes that are no JSON and may hold a secret, sha256 [0-9a-f]{64}\]$/;

/** Never throws, whatever came. */
export function readPayload({ payload, encoding }: Pick<DeadLetter, 'payload' | 'encoding'>): Payload {
  const bytes = Buffer.from(payload, encoding);
  const text = encoding === 'utf8' ? payload : isUtf8(bytes) ? bytes.toString('utf8') : null;
  const isTruncated = bytes.length >= limits.batch_bytes_max;
  return { bytes: bytes.length, text, isTruncated, removed: removedFrom(text) };
}

function removedFrom(text: string | null): Payload['removed'] {
  if (text === null) return 'nothing';
  if (removedText.test(text)) return 'everything';
  return text.includes(removedValue) ? 'values' : 'nothing';
}
