import type { DeadLetterRow, DeadLettersPage } from '../../../src/api/index.js';
import { hrefOf, route } from '../../shell/router.js';
import { type Column, Table } from '../../ui/table.js';
import { Time } from '../../ui/time.js';
import { sayIssue, summaryOf } from './reasons.js';
import { StatusOf } from './status.js';

interface ListProps {
  page: DeadLettersPage;
  /** The number of the one that is shown beside it; empty for none. */
  current: string;
  status: string;
}

/** Where only one status is asked for, it need not be said of each. */
const statusColumn: Column<DeadLetterRow> = {
  title: 'Status',
  cell: ({ status }) => <StatusOf status={status} />,
};

/** The newest first, and further back page by page. */
export function List({ page: { letters, next }, current, status }: ListProps) {
  const { query } = route.value;
  const hrefWith = (before: string | undefined) =>
    hrefOf('dead-letters', { rest: current, query: { ...query, before } });
  return (
    <>
      <Table
        caption="Dead letters, the newest first"
        rows={letters}
        keyOf={({ id }) => id}
        isCurrent={({ id }) => String(id) === current}
        empty={status === 'open' ? 'Nothing waits for anybody.' : 'There is none of these.'}
        columns={[
          {
            title: 'Number',
            cell: ({ id }) => (
              <a href={hrefOf('dead-letters', { rest: String(id), query })} aria-label={`Dead letter ${id}`}>
                {id}
              </a>
            ),
          },
          { title: 'Received', cell: ({ received_at }) => <Time at={received_at} /> },
          ...(status === 'all' ? [statusColumn] : []),
          {
            title: 'Type, source',
            cell: ({ event_type, source }) => (
              <>
                {event_type ?? '–'}
                <br />
                <span class="quiet">{source ?? '–'}</span>
              </>
            ),
          },
          {
            title: 'Why',
            cell: ({ issues }) => (
              <span class="why" title={issues.map(sayIssue).join('\n')}>
                {summaryOf(issues)}
              </span>
            ),
          },
        ]}
      />
      <p class="row pages">
        {query.before !== undefined && <a href={hrefWith(undefined)}>Newest</a>}
        {next !== null && <a href={hrefWith(next)}>Older</a>}
      </p>
    </>
  );
}
