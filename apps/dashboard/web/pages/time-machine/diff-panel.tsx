import type { StateDiff } from '../../../src/api/state.js';
import { amount, count, counted, dateTime, duration } from '../../ui/format.js';
import { Panel } from '../../ui/panel.js';
import { Table } from '../../ui/table.js';
import { StatusBadge, signed, Trades } from './state-panels.js';
import { changeOf, countsOf, isSame } from './totals.js';

const price = (value: number | null) => (value === null ? '–' : String(value));

/** What is different at the later of two instants. */
export function DiffPanel({ diff }: { diff: StateDiff }) {
  const { from, to, opened, closed, events } = diff;
  const { total, types } = countsOf(events);
  return (
    <Panel title="What changed between the two" isWide>
      <p>
        From {dateTime(from, { milliseconds: true })} to {dateTime(to, { milliseconds: true })}:{' '}
        {duration(to - from)}, {counted(total, 'event')}.{' '}
        {isSame(diff) && 'Nothing of what is told here has changed.'}
      </p>
      <ul class="counts" aria-label="Events between the two, by type">
        {types.map(([type, events_count]) => (
          <li key={type}>
            <strong>{count(events_count)}</strong> {type}
          </li>
        ))}
      </ul>
      {diff.accounts.length > 0 && <Accounts accounts={diff.accounts} />}
      {opened.length > 0 && (
        <>
          <h3>{counted(opened.length, 'trade')} opened</h3>
          <Trades caption="Trades opened between the two" trades={opened} at={to} />
        </>
      )}
      {closed.length > 0 && (
        <>
          <h3>{counted(closed.length, 'trade')} closed</h3>
          <Trades caption="Trades closed between the two" trades={closed} at={null} />
        </>
      )}
      {diff.trades_cut && (
        <p class="note">
          More than 500 trades were open: of the oldest among them it is not told which were closed.
        </p>
      )}
      {diff.quotes.length > 0 && <Quotes quotes={diff.quotes} />}
      {diff.components.length > 0 && <Components components={diff.components} />}
    </Panel>
  );
}

function Accounts({ accounts }: Pick<StateDiff, 'accounts'>) {
  return (
    <>
      <h3>Balances</h3>
      <Table
        caption="Balances that changed"
        rows={accounts}
        keyOf={({ account_number }) => account_number}
        empty=""
        columns={[
          { title: 'Account', cell: ({ account_number }) => account_number },
          { title: 'User', cell: ({ user_id }) => user_id ?? '–' },
          { title: 'Balance before', isNumber: true, cell: ({ balance }) => amount(balance.before) },
          { title: 'Balance after', isNumber: true, cell: ({ balance }) => amount(balance.after) },
          { title: 'Change of balance', isNumber: true, cell: ({ balance }) => signed(changeOf(balance)) },
          { title: 'Equity before', isNumber: true, cell: ({ equity }) => amount(equity.before) },
          { title: 'Equity after', isNumber: true, cell: ({ equity }) => amount(equity.after) },
          { title: 'Change of equity', isNumber: true, cell: ({ equity }) => signed(changeOf(equity)) },
        ]}
      />
    </>
  );
}

function Quotes({ quotes }: Pick<StateDiff, 'quotes'>) {
  return (
    <>
      <h3>Quotes</h3>
      <Table
        caption="Quotes that changed"
        rows={quotes}
        keyOf={({ symbol }) => symbol}
        empty=""
        columns={[
          { title: 'Symbol', cell: ({ symbol }) => symbol },
          { title: 'Bid before', isNumber: true, cell: ({ bid }) => price(bid.before) },
          { title: 'Bid after', isNumber: true, cell: ({ bid }) => price(bid.after) },
          { title: 'Change of bid', isNumber: true, cell: ({ bid }) => signed(changeOf(bid), price) },
          { title: 'Ask before', isNumber: true, cell: ({ ask }) => price(ask.before) },
          { title: 'Ask after', isNumber: true, cell: ({ ask }) => price(ask.after) },
          { title: 'Change of ask', isNumber: true, cell: ({ ask }) => signed(changeOf(ask), price) },
        ]}
      />
    </>
  );
}

function Components({ components }: Pick<StateDiff, 'components'>) {
  return (
    <>
      <h3>Components</h3>
      <Table
        caption="Components whose status changed"
        rows={components}
        keyOf={({ component }) => component}
        empty=""
        columns={[
          { title: 'Component', cell: ({ component }) => component },
          { title: 'Before', cell: ({ status }) => <MaybeStatus status={status.before} /> },
          { title: 'After', cell: ({ status }) => <MaybeStatus status={status.after} /> },
        ]}
      />
    </>
  );
}

function MaybeStatus({ status }: { status: string | null }) {
  return status === null ? <span class="quiet">not heard of</span> : <StatusBadge status={status} />;
}
