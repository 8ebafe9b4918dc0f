import type { Lifecycle, PatternStats } from '@bitten/storage/store';
import { renderTable } from '../show/table.js';
import { formatTime } from '../time.js';
import { signed } from './chain.js';

/** Lives as a table, one a line. */
export function lifecycleTable(
  lives: readonly Lifecycle[],
  { now, width }: { now: number; width: number },
): string {
  const rows = lives.map((life) => [
    life.first_seq,
    formatTime(life.signal_at ?? life.fired_at ?? life.executed_at ?? firstTime(life), now),
    life.signal_id,
    life.fire_id,
    life.pattern,
    life.symbol,
    life.state,
    latency(life.to_fire_s),
    latency(life.to_execute_s),
    life.signal_outcome ?? life.outcome,
    life.pips ?? life.signal_pips,
    troubleOf(life),
  ]);
  const head = [
    'seq',
    'began',
    'signal',
    'fire',
    'pattern',
    'symbol',
    'state',
    'to fire',
    'to execute',
    'outcome',
    'pips',
    'trouble',
  ];
  const right = ['seq', 'to fire', 'to execute', 'pips'];
  return renderTable({ head, rows, width, right, flexible: ['signal', 'fire', 'pattern'] });
}

function firstTime(life: Lifecycle): number {
  return life.confirmed_at ?? life.outcome_at ?? life.expired_at ?? life.signal_outcome_at ?? 0;
}

/** What is missing, and which hops came more than once. */
function troubleOf(life: Lifecycle): string {
  const counts: ReadonlyArray<[hop: string, count: number]> = [
    ['signal', life.signal_count],
    ['fire', life.fired_count],
    ['execution', life.executed_count],
    ['confirmation', life.confirmed_count],
    ['outcome', life.outcome_count],
  ];
  return [
    ...(life.missing === null ? [] : [`no ${life.missing.replaceAll(',', ', ')}`]),
    ...counts.filter(([, count]) => count > 1).map(([hop, count]) => `${hop} ${count} times`),
  ].join(', ');
}

/** What came of them by pattern, as a table. */
export function patternTable(stats: readonly PatternStats[], width: number): string {
  const rows = stats.map((each) => [
    each.pattern ?? '(none)',
    each.signals,
    each.fired,
    each.fires,
    each.executed,
    each.wins,
    each.losses,
    percent(each.win_rate),
    each.trade_wins,
    each.trade_losses,
    percent(each.trade_win_rate),
    latency(each.to_fire_s),
    latency(each.to_execute_s),
    latency(each.to_confirm_s),
    latency(each.to_outcome_s),
  ]);
  const head = [
    'pattern',
    'signals',
    'fired',
    'fires',
    'executed',
    'wins',
    'losses',
    'rate',
    'trades won',
    'lost',
    'rate',
    'to fire',
    'to execute',
    'to confirm',
    'to outcome',
  ];
  return renderTable({ head, rows, width, right: head.slice(1), flexible: ['pattern'] });
}

function percent(rate: number | null): string {
  return rate === null ? '' : `${(rate * 100).toFixed(1)} %`;
}

function latency(seconds: number | null): string {
  return seconds === null ? '' : signed(seconds);
}
