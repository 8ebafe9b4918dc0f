import type { LogRecord } from '@bitten/storage/log';

/** Records that follow each other without a hole. */
export interface RecordStretch {
  from: number;
  to: number;
  records: LogRecord[];
}

/** Cuts a page where events are missing between its records, and at `to`: nothing from there on counts. */
export function stretchesOf(records: readonly LogRecord[], to: number): RecordStretch[] {
  const stretches: RecordStretch[] = [];
  for (const record of records) {
    if (record.seq >= to) break;
    const end = Math.min(record.seq + record.count, to);
    const last = stretches.at(-1);
    if (last !== undefined && last.to === record.seq) {
      last.records.push(record);
      last.to = end;
    } else stretches.push({ from: record.seq, to: end, records: [record] });
  }
  return stretches;
}
