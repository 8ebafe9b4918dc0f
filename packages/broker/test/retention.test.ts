import { LogUnavailableError, MemoryLog } from '@bitten/storage/log';
import { expect, test } from 'vitest';
import { Retention } from '../src/retention.js';

/** A log whose old segments cannot be removed for a while. */
class StubbornLog extends MemoryLog {
  refuses = true;

  override retain(): number {
    if (!this.refuses) return 3;
    throw new LogUnavailableError('log', Object.assign(new Error('read-only'), { code: 'EROFS' }));
  }
}

test('what keeps retention from removing is told once, until it can again', () => {
  const log = new StubbornLog();
  const said: string[] = [];
  const retention = new Retention({
    log,
    floor: () => Number.POSITIVE_INFINITY,
    bytesMax: 1,
    ageMax_s: null,
    now: () => 1,
    interval_ms: 1_000,
    onRemoved: (events) => said.push(`removed ${events}`),
    onError: () => said.push('cannot'),
  });
  retention.run();
  retention.run();
  expect(said).toEqual(['cannot']);
  log.refuses = false;
  retention.run();
  log.refuses = true;
  retention.run();
  expect(said).toEqual(['cannot', 'removed 3', 'cannot']);
});
