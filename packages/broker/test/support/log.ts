import { MemoryLog } from '@bitten/storage/log';

/** Appends one record, committed, of these events. */
export function append(log: MemoryLog, texts: readonly string[], appendedAt = 1000): void {
  log.stage({
    producer: '',
    producerSeq: 0,
    count: texts.length,
    appendedAt,
    body: Buffer.from(texts.join('\n')),
  });
  log.commit();
}

export function logOf(...records: ReadonlyArray<readonly string[]>): MemoryLog {
  const log = new MemoryLog();
  for (const texts of records) append(log, texts);
  return log;
}
