import type { AlertRow } from '../../../src/api/alerts.js';
import { hrefOf, route } from '../../shell/router.js';
import { Badge } from '../../ui/badge.js';
import { Table } from '../../ui/table.js';
import { Time } from '../../ui/time.js';
import { sayDeliveries } from './deliveries.js';
import { SeverityOf, StateOf } from './signs.js';

interface AlertTableProps {
  caption: string;
  alerts: readonly AlertRow[];
  /** The id of the one that is shown above; empty for none. */
  current: string;
  empty: string;
}

export function AlertTable({ caption, alerts, current, empty }: AlertTableProps) {
  return (
    <Table
      caption={caption}
      rows={alerts}
      keyOf={({ id, state }) => `${id} ${state}`}
      isCurrent={({ id }) => id === current}
      empty={empty}
      columns={[
        { title: 'Severity', cell: ({ severity }) => <SeverityOf severity={severity} /> },
        {
          title: 'Message',
          cell: ({ id, message }) => (
            <a class="message" href={hrefOf('alerts', { rest: id, query: route.value.query })}>
              {message}
            </a>
          ),
        },
        { title: 'State', cell: ({ state }) => <StateOf state={state} /> },
        { title: 'Rule', cell: ({ rule }) => rule },
        { title: 'Key', cell: ({ key }) => (key === '' ? '–' : key) },
        { title: 'Said', cell: ({ at }) => <Time at={at} /> },
        { title: 'Since', cell: ({ since }) => <Time at={since} /> },
        {
          title: 'Seen',
          cell: ({ acknowledged }) => (acknowledged === null ? '–' : (acknowledged.by ?? 'acknowledged')),
        },
        { title: 'Deliveries', cell: (alert) => <DeliveriesOf alert={alert} /> },
      ]}
    />
  );
}

function DeliveriesOf({ alert: { deliveries } }: { alert: AlertRow }) {
  const { text, tone } = sayDeliveries(deliveries);
  return <Badge tone={tone}>{text}</Badge>;
}
