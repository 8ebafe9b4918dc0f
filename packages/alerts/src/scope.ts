import type { Scope } from './expression.js';
import type { SeenEvent } from './types.js';

/** What expressions may name; null stands for what an event, or the passing of time, does not have. */
export function scopeOf(event: SeenEvent | null, found: { key?: string; value?: number | null } = {}): Scope {
  return {
    event_type: event?.event_type ?? null,
    timestamp: event?.timestamp ?? null,
    source: event?.source ?? null,
    data: event?.data ?? null,
    correlation_id: event?.correlation_id ?? null,
    user_id: event?.user_id ?? null,
    session_id: event?.session_id ?? null,
    seq: event?.seq ?? null,
    appended_at: event?.appended_at ?? null,
    key: found.key ?? null,
    value: found.value ?? null,
  };
}
