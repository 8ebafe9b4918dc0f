import { Figure, Figures } from '../../ui/figure.js';
import { amount, percent } from '../../ui/format.js';
import { type Curve, summarise } from './curves.js';

interface CurveFiguresProps {
  curve: Curve;
  /** Of the balance. */
  change: number | null;
}

/** What a curve comes to, in numbers. */
export function CurveFigures({ curve, change }: CurveFiguresProps) {
  const balance = summarise(curve.balance);
  const equity = summarise(curve.equity);
  if (balance === null || change === null) return null;
  const { last } = balance;
  const before = last - change;
  return (
    <Figures>
      <Figure label="Balance" value={amount(last)} note={`highest ${amount(balance.highest)}`} />
      <Figure
        label="Change of balance"
        value={`${change > 0 ? '+' : ''}${amount(change)}`}
        note={before > 0 ? `${change > 0 ? '+' : ''}${percent(change / before)}` : 'from nothing'}
        tone={change < 0 ? 'bad' : 'ok'}
      />
      <Figure
        label="Equity"
        value={amount(equity?.last ?? null)}
        note={equity === null ? '' : `lowest ${amount(equity.lowest)}`}
      />
      <Figure
        label="Deepest fall of equity"
        value={equity === null ? '–' : percent(equity.drawdown_share)}
        note={equity === null ? '' : `${amount(equity.drawdown)} below what it had reached`}
      />
    </Figures>
  );
}
