import type { SessionRow } from '../../../src/api/analytics.js';
import { count } from '../../ui/format.js';
import { Panel } from '../../ui/panel.js';
import { Table } from '../../ui/table.js';
import { BarCell, RateCell } from './cells.js';
import { barsOf } from './ranking.js';

const names: Record<SessionRow['session'], { name: string; hours: string }> = {
  asia: { name: 'Asia', hours: '22 to 7 UTC' },
  london: { name: 'London', hours: '7 to 13 UTC' },
  new_york: { name: 'New York', hours: '13 to 22 UTC' },
};

/** How signals fared by the session they came in. */
export function SessionsPanel({ sessions }: { sessions: readonly SessionRow[] }) {
  const { bars, zero } = barsOf(sessions.map(({ signals }) => signals));
  return (
    <Panel title="Signals by session">
      <Table
        caption="Signals by session"
        rows={sessions.map((row, i) => ({ ...row, bar: bars[i] ?? null }))}
        keyOf={({ session }) => session}
        empty="No signal came in this time."
        columns={[
          {
            title: 'Session',
            cell: ({ session }) => (
              <>
                {names[session].name} <span class="quiet">{names[session].hours}</span>
              </>
            ),
          },
          {
            title: 'Signals',
            cell: ({ signals, bar }) => <BarCell bar={bar} zero={zero} text={count(signals)} />,
          },
          {
            title: 'Won, with 95 % interval',
            cell: ({ wins, losses }) => <RateCell wins={wins} losses={losses} />,
          },
        ]}
      />
    </Panel>
  );
}
