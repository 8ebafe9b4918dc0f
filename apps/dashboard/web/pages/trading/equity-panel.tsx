import { useSignal } from '@preact/signals';
import type { Equity } from '../../../src/api/analytics.js';
import { LineChart } from '../../charts/line-chart.js';
import { useResource } from '../../shell/resource.js';
import { theme } from '../../shell/theme.js';
import { colorAt } from '../../ui/colors.js';
import { ErrorBox } from '../../ui/error-box.js';
import { amount, counted } from '../../ui/format.js';
import { Panel } from '../../ui/panel.js';
import { AccountTable } from './account-table.js';
import { CurveFigures } from './curve-figures.js';
import { changeIn, curveOf, everyAccount } from './curves.js';

const points = 240;

interface EquityPanelProps {
  query: { from?: number; to?: number };
  every_ms: number | undefined;
}

/** Balance and equity over time: of all accounts together, or of the one somebody has chosen. */
export function EquityPanel({ query, every_ms }: EquityPanelProps) {
  const chosen = useSignal(everyAccount);
  const { data, error } = useResource<Equity>('equity', {
    query: { ...query, points },
    ...(every_ms === undefined ? {} : { every_ms }),
  });
  const isKnown = data?.accounts.some(({ account_number }) => account_number === chosen.value) === true;
  const account = isKnown ? chosen.value : everyAccount;
  const choose = (number: string) => {
    chosen.value = number;
  };
  return (
    <Panel
      title="Balance and equity"
      tools={
        data !== null &&
        data.accounts.length > 1 && <Choice equity={data} account={account} onChoose={choose} />
      }
      isWide
    >
      <ErrorBox error={error} />
      {data !== null && data.accounts.length === 0 && <p class="empty">No balance is known of this time.</p>}
      {data !== null && data.accounts.length > 0 && (
        <>
          <Curve equity={data} account={account} />
          {data.accounts.length > 1 && <AccountTable equity={data} account={account} onChoose={choose} />}
        </>
      )}
    </Panel>
  );
}

function Curve({ equity, account }: { equity: Equity; account: string }) {
  const curve = curveOf(equity, account);
  const series = [
    { name: 'balance', color: colorAt(0, theme.value), values: curve.balance },
    {
      name: 'equity',
      label: 'equity (dashed)',
      color: colorAt(1, theme.value),
      values: curve.equity,
      isDashed: true,
    },
  ];
  return (
    <>
      <CurveFigures curve={curve} change={changeIn(equity, account)} />
      <LineChart title="Balance and equity" at={equity.at} series={series} format={amount} height_px={260} />
      {account === everyAccount && equity.accounts.length > 1 && (
        <p class="quiet">Before its first balance an account counts with that one.</p>
      )}
    </>
  );
}

interface ChoiceProps {
  equity: Equity;
  account: string;
  onChoose: (account: string) => void;
}

function Choice({ equity: { accounts, more }, account, onChoose }: ChoiceProps) {
  return (
    <label>
      <span class="sr">Account</span>
      <select value={account} onChange={(event) => onChoose(event.currentTarget.value)}>
        <option value={everyAccount}>
          {more === 0
            ? `all ${accounts.length} accounts together`
            : `the ${accounts.length} that changed last, of ${counted(accounts.length + more, 'account')}`}
        </option>
        {accounts.map(({ account_number, user_id }) => (
          <option key={account_number} value={account_number}>
            {account_number}
            {user_id === null ? '' : `, user ${user_id}`}
          </option>
        ))}
      </select>
    </label>
  );
}
