import { isUtf8 } from 'node:buffer';
import type { Issue } from '@bitten/schema';
import type { DeadLetter } from '@bitten/storage/store';

/** An event that was refused, and what is known of where it came from. */
export interface Refused {
  payload: Buffer;
  issues: Issue[];
  door: DeadLetter['door'];
  producer: string | null;
  producerSeq: number | null;
  eventType: string | null;
  source: string | null;
  /** Unix seconds. */
  receivedAt: number;
}

/** The dead letter as one line of JSON, the form of docs/PROTOCOL.md section 4. */
export function encodeDeadLetter(refused: Refused): Buffer {
  const readable = isUtf8(refused.payload);
  const letter: DeadLetter = {
    received_at: refused.receivedAt,
    door: refused.door,
    producer: refused.producer,
    producer_seq: refused.producerSeq,
    event_type: refused.eventType,
    source: refused.source,
    payload: refused.payload.toString(readable ? 'utf8' : 'base64'),
    encoding: readable ? 'utf8' : 'base64',
    issues: refused.issues,
  };
  return Buffer.from(JSON.stringify(letter));
}
