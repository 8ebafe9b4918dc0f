import type { ComponentChildren } from 'preact';
import type { Lifecycle } from '../../../src/api/lifecycle.js';
import { hrefOf } from '../../shell/router.js';
import { Badge } from '../../ui/badge.js';
import { duration } from '../../ui/format.js';
import { type Column, Table } from '../../ui/table.js';
import { Time } from '../../ui/time.js';
import { awaitedOf, troublesOf } from './journey.js';
import { beganAt, idOf, type LifecycleView, listTexts, resultOf, toneOf, writeView } from './lists.js';

interface LifeTableProps {
  lives: readonly Lifecycle[];
  view: LifecycleView;
  empty: ComponentChildren;
}

/** Lives, one a row, each a link to its own. */
export function LifeTable({ lives, view, empty }: LifeTableProps) {
  const caption = `${listTexts[view.list].name}: signals and fires`;
  return (
    <div class="lives">
      <Table
        caption={caption}
        columns={columnsOf(view)}
        rows={lives}
        keyOf={(life) => life.first_seq}
        empty={empty}
      />
    </div>
  );
}

function columnsOf(view: LifecycleView): Array<Column<Lifecycle>> {
  return [
    { title: 'Began', cell: (life) => <Time at={beganAt(life)} /> },
    {
      title: 'Id',
      cell: (life) => (
        <a class="id" href={hrefOf('lifecycle', writeView({ ...view, before: null, id: idOf(life) }))}>
          {idOf(life)}
        </a>
      ),
    },
    { title: 'Symbol', cell: (life) => [life.symbol, life.direction].filter(Boolean).join(' ') },
    { title: 'Pattern', cell: ({ pattern }) => pattern },
    { title: 'User', cell: ({ user_id }) => user_id },
    { title: 'State', cell: (life) => <Badge tone={toneOf(life)}>{life.state}</Badge> },
    { title: 'To fire', isNumber: true, cell: ({ to_fire_s }) => latency(to_fire_s) },
    { title: 'To execution', isNumber: true, cell: ({ to_execute_s }) => latency(to_execute_s) },
    { title: 'To outcome', isNumber: true, cell: ({ to_outcome_s }) => latency(to_outcome_s) },
    { title: 'Came to', cell: (life) => <Result life={life} /> },
    { title: 'Trouble', cell: (life) => <Trouble life={life} /> },
  ];
}

function latency(seconds: number | null): string {
  return seconds === null ? '' : duration(seconds);
}

/** Won and lost are signs and words, not colours alone. */
export function Result({ life }: { life: Lifecycle }) {
  const result = resultOf(life);
  if (result === null) {
    const awaited = awaitedOf(life);
    return awaited === null ? null : <span class="quiet">awaits {awaited}</span>;
  }
  if (result.won === null) return <>{result.text}</>;
  return (
    <span class={result.won ? 'won' : 'lost'}>
      <span aria-hidden="true">{result.won ? '▲ ' : '▼ '}</span>
      <span class="sr">{result.won ? 'won: ' : 'lost: '}</span>
      {result.text}
    </span>
  );
}

function Trouble({ life }: { life: Lifecycle }) {
  const troubles = troublesOf(life);
  return troubles.length === 0 ? null : <span class="trouble">{troubles.join(', ')}</span>;
}
