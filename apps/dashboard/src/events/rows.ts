import type { Envelope } from '@bitten/schema';
import type { StoredEvent } from '@bitten/storage/store';
import type { EventRow } from '../api/index.js';

/** Data above that is left out of lists, which may have hundreds of rows: the event itself shows it whole. */
const listedData_bytes_max = 32 * 1024;

/** An event of the store. */
export function rowOf(event: StoredEvent): EventRow {
  return {
    seq: event.id,
    event_type: event.event_type,
    timestamp: event.timestamp,
    appended_at: event.created_at,
    source: event.source,
    correlation_id: event.correlation_id,
    user_id: event.user_id,
    session_id: event.session_id,
    data: event.data,
  };
}

/** The same for a list. */
export function listedRowOf(event: StoredEvent): EventRow {
  return withoutMuch(rowOf(event), () => JSON.stringify(event.data).length);
}

/** An event of the log, for a list; `bytes` is the length of its text. */
export function listedRowOfLogged(
  event: Envelope,
  place: { seq: number; appendedAt: number; bytes: number },
): EventRow {
  const row = {
    seq: place.seq,
    event_type: event.event_type,
    timestamp: event.timestamp,
    appended_at: place.appendedAt,
    source: event.source,
    correlation_id: event.correlation_id ?? null,
    user_id: event.user_id ?? null,
    session_id: event.session_id ?? null,
    data: event.data,
  };
  return withoutMuch(row, () => place.bytes);
}

function withoutMuch(row: EventRow, bytesOf: () => number): EventRow {
  const bytes = bytesOf();
  return bytes > listedData_bytes_max ? { ...row, data: {}, data_left_out_bytes: bytes } : row;
}
