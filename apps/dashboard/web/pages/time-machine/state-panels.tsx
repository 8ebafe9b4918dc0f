import type { State } from '../../../src/api/state.js';
import { hrefOf } from '../../shell/router.js';
import { Badge, type Tone } from '../../ui/badge.js';
import { Figure, Figures } from '../../ui/figure.js';
import { amount, count, counted, duration } from '../../ui/format.js';
import { Panel, Panels } from '../../ui/panel.js';
import { type Column, Table } from '../../ui/table.js';
import { Time } from '../../ui/time.js';
import { totalsOf } from './totals.js';

const none = '–';

/** How everything stood: each table as of the instant of the state, never of now. */
export function StatePanels({ state }: { state: State }) {
  return (
    <>
      <Totals state={state} />
      <Panels>
        <Panel title="Open trades" isWide>
          <Trades
            caption="Trades that were open, the newest first"
            trades={state.open_trades}
            at={state.at}
          />
          {state.open_trades_total > state.open_trades.length && (
            <p class="note">
              The newest {count(state.open_trades.length)} of {count(state.open_trades_total)} are listed.
            </p>
          )}
        </Panel>
        <Panel title="Balances" isWide>
          <Accounts state={state} />
        </Panel>
        <Panel title="Last quotes">
          <Quotes state={state} />
        </Panel>
        <Panel title="Components">
          <Components state={state} />
        </Panel>
      </Panels>
    </>
  );
}

function Totals({ state }: { state: State }) {
  const { balance, equity, floating, accounts } = totalsOf(state.accounts);
  return (
    <Figures>
      <Figure label="Balance" value={amount(balance)} note={counted(accounts, 'account')} />
      <Figure label="Equity" value={amount(equity)} note={`${signed(floating)} against the balance`} />
      <Figure label="Open trades" value={count(state.open_trades_total)} />
      <Figure label="Symbols quoted" value={count(state.quotes.length)} />
    </Figures>
  );
}

/** With its sign, also where it is more. */
export function signed(value: number | null, format: (value: number | null) => string = amount): string {
  if (value === null) return none;
  return value > 0 ? `+${format(value)}` : format(value).replace('-', '−');
}

/** A link to the event that says so. */
function EventLink({ seq }: { seq: number }) {
  return (
    <a href={hrefOf('events', { rest: String(seq) })} title="The event that says so">
      {seq}
    </a>
  );
}

interface TradesProps {
  caption: string;
  trades: State['open_trades'];
  /** Says for how long they had been open then; null does not. */
  at: number | null;
}

export function Trades({ caption, trades, at }: TradesProps) {
  const age: Array<Column<State['open_trades'][number]>> =
    at === null
      ? []
      : [{ title: 'Open for', isNumber: true, cell: ({ opened_at }) => duration(at - opened_at) }];
  return (
    <Table
      caption={caption}
      rows={trades}
      keyOf={({ fire_id, seq }) => `${fire_id} ${seq}`}
      empty="No trade was open."
      columns={[
        { title: 'Symbol', cell: ({ symbol }) => symbol ?? none },
        { title: 'Direction', cell: ({ direction }) => direction ?? none },
        { title: 'Volume', isNumber: true, cell: ({ volume }) => volume ?? none },
        { title: 'Open price', isNumber: true, cell: ({ open_price }) => open_price ?? none },
        { title: 'Stop', isNumber: true, cell: ({ sl_price }) => sl_price ?? none },
        { title: 'Target', isNumber: true, cell: ({ tp_price }) => tp_price ?? none },
        { title: 'User', cell: ({ user_id }) => user_id ?? none },
        ...age,
        { title: 'Opened', cell: ({ opened_at }) => <Time at={opened_at} /> },
        {
          title: 'Fire',
          cell: ({ fire_id }) => <a href={hrefOf('lifecycle', { rest: fire_id })}>{fire_id}</a>,
        },
        { title: 'Event', isNumber: true, cell: ({ seq }) => <EventLink seq={seq} /> },
      ]}
    />
  );
}

function Accounts({ state: { accounts, at: now } }: { state: State }) {
  return (
    <Table
      caption="Balances by account"
      rows={accounts}
      keyOf={({ account_number }) => account_number}
      empty="No balance had been told."
      columns={[
        { title: 'Account', cell: ({ account_number }) => account_number },
        { title: 'User', cell: ({ user_id }) => user_id ?? none },
        { title: 'Balance', isNumber: true, cell: ({ balance }) => amount(balance) },
        { title: 'Equity', isNumber: true, cell: ({ equity }) => amount(equity) },
        { title: 'Free margin', isNumber: true, cell: ({ free_margin }) => amount(free_margin) },
        { title: 'Age', isNumber: true, cell: ({ at }) => duration(now - at) },
        { title: 'Event', isNumber: true, cell: ({ seq }) => <EventLink seq={seq} /> },
      ]}
    />
  );
}

function Quotes({ state: { quotes, at: now } }: { state: State }) {
  return (
    <Table
      caption="The last quote of each symbol"
      rows={quotes}
      keyOf={({ symbol }) => symbol}
      empty="Nothing had been quoted."
      columns={[
        { title: 'Symbol', cell: ({ symbol }) => symbol },
        { title: 'Bid', isNumber: true, cell: ({ bid }) => bid ?? none },
        { title: 'Ask', isNumber: true, cell: ({ ask }) => ask ?? none },
        { title: 'Age', isNumber: true, cell: ({ at }) => duration(now - at) },
        { title: 'Event', isNumber: true, cell: ({ seq }) => <EventLink seq={seq} /> },
      ]}
    />
  );
}

const tones: Readonly<Record<string, Tone>> = {
  running: 'ok',
  online: 'ok',
  healthy: 'ok',
  ok: 'ok',
  starting: 'info',
  degraded: 'warn',
  warning: 'warn',
  error: 'bad',
  offline: 'bad',
  down: 'bad',
  stopped: 'bad',
};

export function StatusBadge({ status }: { status: string }) {
  return <Badge tone={tones[status.toLowerCase()] ?? 'quiet'}>{status}</Badge>;
}

function Components({ state: { components, at: now } }: { state: State }) {
  return (
    <Table
      caption="What each component said last"
      rows={components}
      keyOf={({ component }) => component}
      empty="No component had told how it is."
      columns={[
        { title: 'Component', cell: ({ component }) => component },
        { title: 'Status', cell: ({ status }) => <StatusBadge status={status} /> },
        { title: 'Message', cell: ({ message }) => message ?? none },
        { title: 'Age', isNumber: true, cell: ({ at }) => duration(now - at) },
        { title: 'Event', isNumber: true, cell: ({ seq }) => <EventLink seq={seq} /> },
      ]}
    />
  );
}
