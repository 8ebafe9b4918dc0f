import type { Analytics } from '../../../src/api/analytics.js';
import { Figure, Figures } from '../../ui/figure.js';
import { amount, count, counted, dateTime, percent, zone } from '../../ui/format.js';
import { patternTotal, symbolTotal } from './ranking.js';
import { rateOf } from './rates.js';

/** The sums of the time that is shown. */
export function Headline({ data }: { data: Analytics }) {
  const signals = patternTotal(data.patterns);
  const trades = symbolTotal(data.symbols);
  const signalRate = rateOf(signals);
  const tradeRate = rateOf(trades);
  const unsuccessful = trades.fires - trades.executed;
  return (
    <>
      <p class="quiet">
        {dateTime(data.from)} to {dateTime(data.to)} {zone()}. Signals are counted by whole hours, trades by
        whole days (UTC).
      </p>
      <Figures>
        <Figure
          label="Signals"
          value={count(signals.signals)}
          note={counted(data.patterns.length, 'pattern')}
        />
        <Figure
          label="Signals won"
          value={percent(signalRate?.value ?? null)}
          note={signalRate === null ? 'no outcome yet' : `of ${count(signalRate.count)} with an outcome`}
        />
        <Figure
          label="Fires"
          value={count(trades.fires)}
          note={unsuccessful > 0 ? `${count(unsuccessful)} not executed` : 'all executed'}
          {...(unsuccessful > 0 ? { tone: 'warn' as const } : {})}
        />
        <Figure
          label="Trades won"
          value={percent(tradeRate?.value ?? null)}
          note={tradeRate === null ? 'none closed yet' : `of ${count(tradeRate.count)} closed`}
        />
        <Figure
          label="Profit"
          value={amount(trades.profit)}
          note={trades.profit === null ? 'no outcome told one' : 'sum of what outcomes told'}
          {...(trades.profit === null
            ? {}
            : { tone: trades.profit < 0 ? ('bad' as const) : ('ok' as const) })}
        />
      </Figures>
    </>
  );
}
