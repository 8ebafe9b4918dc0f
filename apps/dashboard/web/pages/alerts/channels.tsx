import type { ChannelState } from '../../../src/api/alerts.js';
import { Badge } from '../../ui/badge.js';
import { count } from '../../ui/format.js';
import { Table } from '../../ui/table.js';
import { channelTone, sayChannel } from './deliveries.js';

/** Where alerts are delivered to, and whether they arrive. */
export function Channels({ channels }: { channels: readonly ChannelState[] }) {
  return (
    <Table
      caption="Channels, and whether alerts arrive"
      rows={channels}
      keyOf={({ name }) => name}
      empty="No channel: alerts are recorded and nobody is told. docs/ALERTS.md shows how to add one."
      columns={[
        { title: 'Channel', cell: ({ name }) => name },
        { title: 'Kind', cell: ({ kind }) => kind },
        {
          title: 'State',
          cell: (channel) => <Badge tone={channelTone(channel)}>{sayChannel(channel)}</Badge>,
        },
        { title: 'Delivered', isNumber: true, cell: ({ delivered }) => count(delivered) },
        { title: 'Waiting', isNumber: true, cell: ({ waiting }) => count(waiting) },
        { title: 'Given up', isNumber: true, cell: ({ given_up }) => count(given_up) },
        { title: 'Last error', cell: ({ last_error }) => last_error ?? '–' },
      ]}
    />
  );
}
