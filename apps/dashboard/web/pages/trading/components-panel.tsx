import type { ComponentHealth } from '../../../src/api/analytics.js';
import { Badge } from '../../ui/badge.js';
import { count, percent } from '../../ui/format.js';
import { Panel } from '../../ui/panel.js';
import { Table } from '../../ui/table.js';
import { Time } from '../../ui/time.js';
import { type StatusShare, statusShares, toneOfStatus } from './ranking.js';

/** What components said of themselves within the time. */
export function ComponentsPanel({ components }: { components: readonly ComponentHealth[] }) {
  return (
    <Panel title="Health by component">
      <Table
        caption="Health by component"
        rows={components}
        keyOf={({ component }) => component}
        empty="No component said anything in this time."
        columns={[
          { title: 'Component', cell: ({ component }) => component },
          {
            title: 'Said last',
            cell: ({ last_status, last_at }) => (
              <>
                <Badge tone={toneOfStatus(last_status)}>{last_status}</Badge>{' '}
                <span class="quiet">
                  <Time at={last_at} form="ago" />
                </span>
              </>
            ),
          },
          { title: 'In this time', cell: (row) => <Shares shares={statusShares(row)} /> },
        ]}
      />
    </Panel>
  );
}

function Shares({ shares }: { shares: readonly StatusShare[] }) {
  return (
    <span class="shares">
      <span class="share-bar" aria-hidden="true">
        {shares.map(({ status, share, tone }) => (
          <span
            key={status}
            class={`share ${tone}`}
            style={{ flexGrow: share }}
            title={`${status} ${percent(share)}`}
          />
        ))}
      </span>
      <span class="cell-text">
        {shares.map(({ status, count: times }) => `${status} ${count(times)}`).join(', ')}
      </span>
    </span>
  );
}
