import type { EventRow } from '../../../src/api/index.js';
import { hrefOf, route } from '../../shell/router.js';
import { theme } from '../../shell/theme.js';
import { colorOfType } from '../../ui/colors.js';
import { Table } from '../../ui/table.js';
import { Time } from '../../ui/time.js';

interface EventTableProps {
  caption: string;
  events: readonly EventRow[];
  empty: string;
  /** The clock alone, for what happens now. */
  isLive?: boolean;
}

const summary_max = 160;

/** Events, a line each; the type opens the whole event beside the list. */
export function EventTable({ caption, events, empty, isLive = false }: EventTableProps) {
  const { rest, query } = route.value;
  return (
    <Table
      caption={caption}
      rows={events}
      keyOf={({ seq }) => seq}
      isCurrent={({ seq }) => String(seq) === rest}
      empty={empty}
      columns={[
        { title: 'Time', cell: ({ timestamp }) => <Time at={timestamp} form={isLive ? 'clock' : 'full'} /> },
        {
          title: 'Type',
          cell: ({ seq, event_type }) => (
            <a class="event-type" href={hrefOf('events', { rest: String(seq), query })}>
              <span
                class="swatch"
                style={{ background: colorOfType(event_type, theme.value) }}
                aria-hidden="true"
              />
              {event_type}
            </a>
          ),
        },
        { title: 'Source', cell: ({ source }) => source },
        { title: 'User', cell: ({ user_id }) => user_id ?? '' },
        { title: 'Data', cell: (row) => <span class="summary">{summaryOf(row)}</span> },
        { title: 'Seq', cell: ({ seq }) => seq, isNumber: true },
      ]}
    />
  );
}

/** The beginning of the data, as `field value` pairs. */
export function summaryOf({ data, data_left_out_bytes }: EventRow): string {
  if (data_left_out_bytes !== undefined) return `${data_left_out_bytes} bytes: open it to see them`;
  const pairs = Object.entries(data).map(([name, value]) => `${name} ${shown(value)}`);
  const text = pairs.join(' · ');
  return text.length > summary_max ? `${text.slice(0, summary_max)}…` : text;
}

function shown(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
