import type { AlertRule } from '../../../src/api/alerts.js';
import { Badge } from '../../ui/badge.js';
import { Table } from '../../ui/table.js';
import { rulesInUrgency } from './order.js';
import { SeverityOf } from './signs.js';

/** What is watched for, in words. */
export function Rules({ rules }: { rules: readonly AlertRule[] }) {
  return (
    <Table
      caption="Rules, those that fire first"
      rows={rulesInUrgency(rules)}
      keyOf={({ name }) => name}
      empty="No rule: bitten alerts starter prints rules for the first day."
      columns={[
        { title: 'Rule', cell: ({ name }) => name },
        { title: 'Severity', cell: ({ severity }) => <SeverityOf severity={severity} /> },
        {
          title: 'Now',
          cell: ({ firing }) => (
            <Badge tone={firing > 0 ? 'bad' : 'ok'}>{firing > 0 ? `${firing} firing` : 'quiet'}</Badge>
          ),
        },
        { title: 'Condition', cell: ({ condition }) => <span class="text">{condition}</span> },
        { title: 'What it means', cell: ({ description }) => <span class="text">{description ?? '–'}</span> },
        {
          title: 'Told to',
          cell: ({ channels }) => (channels.length === 0 ? 'nobody' : channels.join(', ')),
        },
      ]}
    />
  );
}
