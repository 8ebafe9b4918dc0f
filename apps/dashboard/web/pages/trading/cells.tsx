import { count, percent } from '../../ui/format.js';
import type { Bar } from './ranking.js';
import { rateOf, verdictOn } from './rates.js';

/** A bar of a column's common scale behind its figure; the figure says it all to who does not see it. */
export function BarCell({
  bar,
  zero,
  text,
  tone,
}: {
  bar: Bar | null;
  zero: number;
  text: string;
  tone?: 'won' | 'lost';
}) {
  return (
    <span class="bar-cell">
      <span class="cell-text">{text}</span>
      <span class="cell-track" aria-hidden="true">
        {zero > 0 && <span class="cell-zero" style={{ left: `${zero * 100}%` }} />}
        {bar !== null && (
          <span
            class={tone === undefined ? 'cell-fill' : `cell-fill ${tone}`}
            style={{ left: `${bar.from * 100}%`, width: `${(bar.to - bar.from) * 100}%` }}
          />
        )}
      </span>
    </span>
  );
}

const verdicts = {
  above: 'more wins than losses, beyond chance',
  below: 'more losses than wins, beyond chance',
  unclear: 'too few to tell it from half and half',
} as const;

/** A win rate with the range it can be trusted in: a dot, its interval, and a line at half and half. */
export function RateCell({ wins, losses }: { wins: number; losses: number }) {
  const rate = rateOf({ wins, losses });
  if (rate === null) return <span class="quiet">no outcome</span>;
  const interval = `${percent(rate.low)} to ${percent(rate.high)}`;
  const verdict = verdictOn(rate);
  return (
    <span class="rate-cell" title={`95 % interval ${interval}: ${verdicts[verdict]}`}>
      <span class="cell-text">
        {percent(rate.value)} <span class="quiet">of {count(rate.count)}</span>
        <span class="sr">
          , {interval}, {verdicts[verdict]}
        </span>
      </span>
      <span class="cell-track rate" aria-hidden="true">
        <span class="cell-zero" style={{ left: '50%' }} />
        <span
          class={`cell-interval ${verdict}`}
          style={{ left: `${rate.low * 100}%`, width: `${(rate.high - rate.low) * 100}%` }}
        />
        <span class={`cell-dot ${verdict}`} style={{ left: `${rate.value * 100}%` }} />
      </span>
    </span>
  );
}
