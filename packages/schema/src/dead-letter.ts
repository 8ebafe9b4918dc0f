import type { Issue } from './errors.js';

/** An invalid event, as the bus wrote it into the dead-letter log (docs/PROTOCOL.md section 4). */
export interface DeadLetter {
  /** Unix seconds. */
  received_at: number;
  /** The port it came to. */
  door: '5571' | '5572';
  producer: string | null;
  producer_seq: number | null;
  event_type: string | null;
  source: string | null;
  payload: string;
  encoding: 'utf8' | 'base64';
  issues: Issue[];
}
