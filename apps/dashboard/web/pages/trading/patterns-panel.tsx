import type { PatternRow } from '../../../src/api/analytics.js';
import { count } from '../../ui/format.js';
import { Panel } from '../../ui/panel.js';
import { Table } from '../../ui/table.js';
import { BarCell, RateCell } from './cells.js';
import { eventsHref } from './links.js';
import { useOrder } from './order.js';
import { barsOf } from './ranking.js';

/** How many signals each pattern gave, how sure it was of them, and how many were won. */
export function PatternsPanel({ patterns }: { patterns: readonly PatternRow[] }) {
  const { rows, sortBy } = useOrder(patterns, { by: 'signals', down: true });
  const { bars, zero } = barsOf(rows.map(({ signals }) => signals));
  const barOf = new Map(rows.map(({ pattern }, i) => [pattern, bars[i] ?? null]));
  return (
    <Panel title="Signals by pattern" isWide>
      <Table
        caption="Signals by pattern"
        rows={rows}
        keyOf={({ pattern }) => pattern}
        empty="No signal came in this time."
        columns={[
          {
            title: 'Pattern',
            sort: sortBy('pattern', { isText: true }),
            cell: ({ pattern }) => <Name pattern={pattern} />,
          },
          {
            title: 'Signals',
            sort: sortBy('signals'),
            cell: ({ pattern, signals }) => (
              <BarCell bar={barOf.get(pattern) ?? null} zero={zero} text={count(signals)} />
            ),
          },
          {
            title: 'Mean confidence',
            sort: sortBy('confidence'),
            cell: ({ confidence }) => <Confidence value={confidence} />,
          },
          {
            title: 'Won, with 95 % interval',
            sort: sortBy('win_rate'),
            cell: ({ wins, losses }) => <RateCell wins={wins} losses={losses} />,
          },
          { title: 'Wins', isNumber: true, sort: sortBy('wins'), cell: ({ wins }) => count(wins) },
          { title: 'Losses', isNumber: true, sort: sortBy('losses'), cell: ({ losses }) => count(losses) },
        ]}
      />
    </Panel>
  );
}

/** On its own scale of 0 to 100, so that patterns of two days compare. */
function Confidence({ value }: { value: number | null }) {
  if (value === null) return <span class="quiet">–</span>;
  return <BarCell bar={{ from: 0, to: Math.min(1, value / 100) }} zero={0} text={value.toFixed(1)} />;
}

/** What the server calls the signals that name no pattern. */
const noPattern = '(none)';

function Name({ pattern }: { pattern: string }) {
  if (pattern === noPattern) return <span class="quiet">{pattern}</span>;
  return <a href={eventsHref({ text: pattern, types: 'signal_generated' })}>{pattern}</a>;
}
