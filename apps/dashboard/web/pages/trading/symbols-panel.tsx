import type { SymbolRow } from '../../../src/api/analytics.js';
import { amount, count } from '../../ui/format.js';
import { Panel } from '../../ui/panel.js';
import { Table } from '../../ui/table.js';
import { BarCell, RateCell } from './cells.js';
import { eventsHref } from './links.js';
import { useOrder } from './order.js';
import { barsOf } from './ranking.js';

const tradeTypes = 'fire_command,trade_executed,trade_confirmed,trade_outcome';

/** How far the fires of each symbol came, and what they brought. */
export function SymbolsPanel({ symbols }: { symbols: readonly SymbolRow[] }) {
  const rated = symbols.map((row) => ({ ...row, win_rate: rateIn(row) }));
  const { rows, sortBy } = useOrder(rated, { by: 'fires', down: true });
  const { bars, zero } = barsOf(rows.map(({ profit }) => profit));
  const barOf = new Map(rows.map(({ symbol }, i) => [symbol, bars[i] ?? null]));
  return (
    <Panel title="Trades by symbol" isWide>
      <Table
        caption="Trades by symbol"
        rows={rows}
        keyOf={({ symbol }) => symbol}
        empty="Nothing was fired in this time."
        columns={[
          {
            title: 'Symbol',
            sort: sortBy('symbol', { isText: true }),
            cell: ({ symbol }) => <a href={eventsHref({ symbols: symbol, types: tradeTypes })}>{symbol}</a>,
          },
          { title: 'Fires', isNumber: true, sort: sortBy('fires'), cell: ({ fires }) => count(fires) },
          {
            title: 'Executed',
            isNumber: true,
            sort: sortBy('executed'),
            cell: ({ executed }) => count(executed),
          },
          { title: 'Closed', isNumber: true, sort: sortBy('closed'), cell: ({ closed }) => count(closed) },
          {
            title: 'Won, with 95 % interval',
            sort: sortBy('win_rate'),
            cell: ({ wins, losses }) => <RateCell wins={wins} losses={losses} />,
          },
          {
            title: 'Profit',
            sort: sortBy('profit'),
            cell: ({ symbol, profit }) => (
              <BarCell
                bar={barOf.get(symbol) ?? null}
                zero={zero}
                text={amount(profit)}
                tone={profit !== null && profit < 0 ? 'lost' : 'won'}
              />
            ),
          },
        ]}
      />
    </Panel>
  );
}

function rateIn({ wins, losses }: SymbolRow): number | null {
  return wins + losses === 0 ? null : wins / (wins + losses);
}
