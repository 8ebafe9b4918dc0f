import type { ComponentNow } from '../../../src/api/index.js';
import { Badge, type Tone } from '../../ui/badge.js';
import { ago } from '../../ui/format.js';
import { Table } from '../../ui/table.js';

const tones: Record<ComponentNow['state'], Tone> = { up: 'ok', unwell: 'warn', silent: 'bad', down: 'bad' };
const words: Record<ComponentNow['state'], string> = {
  up: 'up',
  unwell: 'unwell',
  silent: 'silent',
  down: 'down',
};
const order: ReadonlyArray<ComponentNow['state']> = ['down', 'silent', 'unwell', 'up'];

/** Who has told how it is, those in trouble first. */
export function Components({ components, at }: { components: readonly ComponentNow[]; at: number }) {
  const rows = [...components].sort(
    (a, b) => order.indexOf(a.state) - order.indexOf(b.state) || a.component.localeCompare(b.component),
  );
  return (
    <Table
      caption="Components by their heartbeats"
      rows={rows}
      keyOf={({ component }) => component}
      empty="No component has told how it is: they do by publishing system_health."
      columns={[
        { title: 'Component', cell: ({ component }) => component },
        { title: 'State', cell: ({ state }) => <Badge tone={tones[state]}>{words[state]}</Badge> },
        {
          title: 'Said',
          cell: ({ status, message }) => (message === null ? status : `${status}: ${message}`),
        },
        { title: 'Heard', cell: (row) => ago(row.at, at), isNumber: true },
      ]}
    />
  );
}
