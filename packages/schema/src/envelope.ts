/**
 * What travels: one event. The seven fields are those of the running system's wire; fields that are not named
 * here are kept as they came.
 */
export interface Envelope<Data = Record<string, unknown>> {
  /** `signal_generated`, `fire_command`, …; at most 100 characters. */
  event_type: string;
  /** When it happened: Unix seconds with fraction, > 0. */
  timestamp: number;
  /** Which component says so; at most 100 characters. */
  source: string;
  data: Data;
  /** What belongs together carries the same: the signal's or the fire's id; at most 200 characters. */
  correlation_id?: string | null;
  /** At most 50 characters. */
  user_id?: string | null;
  /** At most 100 characters. */
  session_id?: string | null;
}
