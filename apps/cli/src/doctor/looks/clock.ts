import { formatDuration } from '../../time.js';
import type { Facts } from '../facts.js';
import { type Finding, ok, warning } from '../finding.js';

/** Two clocks of one machine differ by less. */
const tolerance_s = 2;

/** The clock against the last append: times in the log never go back, so they stand still while the clock is behind. */
export function lookAtClock({ bus, log, now }: Pick<Facts, 'bus' | 'log' | 'now'>): Finding[] {
  const last =
    bus.state === 'answers'
      ? bus.stats.log.last_append_at
      : log.state === 'there'
        ? log.last_append_at
        : null;
  if (last === null) return [];
  if (last <= now + tolerance_s) return [ok('clock', 'is not behind the log')];
  const text = `is ${formatDuration(last - now)} behind the last event of the log: it has been set back`;
  const remedy = 'set the clock right (timedatectl); until then new events carry the time of the last one';
  return [warning('clock', text, remedy)];
}
