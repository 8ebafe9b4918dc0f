import type { StoredEvent } from '@bitten/storage/store';

export type ExportFormat = 'ndjson' | 'csv';

const columns = [
  'seq',
  'event_type',
  'timestamp',
  'appended_at',
  'source',
  'correlation_id',
  'user_id',
  'session_id',
  'data_json',
] as const;

/** What a file of a format begins with. */
export function headOf(format: ExportFormat): string {
  return format === 'csv' ? `${columns.join(',')}\r\n` : '';
}

/** Writes events as lines of a format. */
export function writerOf(format: ExportFormat): (events: readonly StoredEvent[]) => string {
  return format === 'csv' ? csvOf : ndjsonOf;
}

function ndjsonOf(events: readonly StoredEvent[]): string {
  return events
    .map(
      ({ id, created_at, ...event }) => `${JSON.stringify({ seq: id, ...event, appended_at: created_at })}\n`,
    )
    .join('');
}

function csvOf(events: readonly StoredEvent[]): string {
  return events
    .map((event) => {
      const cells = [
        String(event.id),
        csvText(event.event_type),
        String(event.timestamp),
        String(event.created_at),
        csvText(event.source),
        csvText(event.correlation_id),
        csvText(event.user_id),
        csvText(event.session_id),
        csvText(JSON.stringify(event.data)),
      ];
      return `${cells.join(',')}\r\n`;
    })
    .join('');
}

/**
 * A text as a cell. One that a spreadsheet would run as a formula gets an apostrophe in front of it: publishers choose
 * these names, and a file is opened by somebody who trusts it. NDJSON has every text as it is.
 */
function csvText(text: string | null): string {
  if (text === null) return '';
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
