import type { Equity } from '../../../src/api/analytics.js';
import { amount } from '../../ui/format.js';
import { Table } from '../../ui/table.js';
import { BarCell } from './cells.js';
import { accountRows } from './curves.js';
import { useOrder } from './order.js';
import { barsOf } from './ranking.js';

interface AccountTableProps {
  equity: Equity;
  account: string;
  onChoose: (account: string) => void;
}

/** Each account with what the time did to it; its number draws it alone. */
export function AccountTable({ equity, account, onChoose }: AccountTableProps) {
  const { rows, sortBy } = useOrder(accountRows(equity), { by: 'change', down: true });
  const { bars, zero } = barsOf(rows.map(({ change }) => change));
  const barOf = new Map(rows.map(({ account_number }, i) => [account_number, bars[i] ?? null]));
  return (
    <details class="accounts">
      <summary>Account by account</summary>
      <Table
        caption="Accounts"
        rows={rows}
        keyOf={({ account_number }) => account_number}
        empty="No account."
        isCurrent={({ account_number }) => account_number === account}
        columns={[
          {
            title: 'Account',
            sort: sortBy('account_number', { isText: true }),
            cell: ({ account_number }) => (
              <button
                type="button"
                class="link"
                aria-pressed={account_number === account}
                onClick={() => onChoose(account_number)}
              >
                {account_number}
              </button>
            ),
          },
          { title: 'User', sort: sortBy('user_id', { isText: true }), cell: ({ user_id }) => user_id ?? '–' },
          {
            title: 'Balance',
            isNumber: true,
            sort: sortBy('balance'),
            cell: ({ balance }) => amount(balance),
          },
          {
            title: 'Equity',
            isNumber: true,
            sort: sortBy('equity'),
            cell: ({ equity: value }) => amount(value),
          },
          {
            title: 'Change of balance',
            sort: sortBy('change'),
            cell: ({ account_number, change }) => (
              <BarCell
                bar={barOf.get(account_number) ?? null}
                zero={zero}
                text={amount(change)}
                tone={change !== null && change < 0 ? 'lost' : 'won'}
              />
            ),
          },
        ]}
      />
    </details>
  );
}
