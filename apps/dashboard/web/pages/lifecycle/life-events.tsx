import type { EventRow } from '../../../src/api/events.js';
import { hrefOf } from '../../shell/router.js';
import { count } from '../../ui/format.js';
import { Json } from '../../ui/json.js';
import { Panel } from '../../ui/panel.js';
import { Table } from '../../ui/table.js';
import { Time } from '../../ui/time.js';

/** All that was said of an id, the oldest first. */
export function LifeEvents({ id, events }: { id: string; events: readonly EventRow[] }) {
  return (
    <Panel
      title={`Its ${events.length === 1 ? 'event' : `${count(events.length)} events`}`}
      tools={<a href={hrefOf('events', { query: { mode: 'search', correlation: id } })}>In Events</a>}
      isWide
    >
      <Table
        caption={`Events of ${id}, the oldest first`}
        rows={events}
        keyOf={({ seq }) => seq}
        empty="The events are no longer stored: retention has removed them."
        columns={[
          { title: 'Time', cell: ({ timestamp }) => <Time at={timestamp} /> },
          {
            title: 'Seq',
            isNumber: true,
            cell: ({ seq }) => <a href={hrefOf('events', { rest: String(seq) })}>{seq}</a>,
          },
          { title: 'Type', cell: ({ event_type }) => event_type },
          { title: 'Source', cell: ({ source }) => source },
          { title: 'Data', cell: (event) => <Data event={event} /> },
        ]}
      />
    </Panel>
  );
}

function Data({ event }: { event: EventRow }) {
  if (event.data_left_out_bytes !== undefined) {
    return <span class="quiet">{count(event.data_left_out_bytes)} bytes: open the event to see them</span>;
  }
  return (
    <details>
      <summary class="data-line">{JSON.stringify(event.data)}</summary>
      <Json value={event.data} label={`Data of event ${event.seq}`} />
    </details>
  );
}
