import type { CursorNow } from '../../../src/api/index.js';
import { Badge } from '../../ui/badge.js';
import { count } from '../../ui/format.js';
import { Table } from '../../ui/table.js';
import { Time } from '../../ui/time.js';

const lag_warn = 10_000;

/** Who reads the log, and how far they are. */
export function Cursors({ cursors }: { cursors: readonly CursorNow[] }) {
  const rows = [...cursors].sort((a, b) => b.lag - a.lag || a.name.localeCompare(b.name));
  return (
    <Table
      caption="Durable cursors, the furthest behind first"
      rows={rows}
      keyOf={({ name, log }) => `${name} ${log}`}
      empty="Nobody reads with a cursor."
      columns={[
        {
          title: 'Reader',
          cell: ({ name, log }) => (log === 'events' ? name : `${name} (${log.replace('_', ' ')})`),
        },
        { title: 'Next', cell: ({ next }) => count(next), isNumber: true },
        {
          title: 'Behind',
          cell: ({ lag }) => (lag > lag_warn ? <Badge tone="warn">{count(lag)}</Badge> : count(lag)),
          isNumber: true,
        },
        { title: 'Holds retention', cell: ({ hold }) => (hold ? 'yes' : 'no') },
        {
          title: 'Committed',
          cell: ({ committed_at }) => <Time at={committed_at} form="ago" />,
          isNumber: true,
        },
      ]}
    />
  );
}
