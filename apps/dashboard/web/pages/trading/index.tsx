import type { Analytics } from '../../../src/api/analytics.js';
import { useResource } from '../../shell/resource.js';
import { route, setQuery } from '../../shell/router.js';
import { ErrorBox } from '../../ui/error-box.js';
import { Panels } from '../../ui/panel.js';
import { boundsOf, type Range, readRange, writeRange } from '../../ui/range.js';
import { RangePicker } from '../../ui/range-picker.js';
import { ComponentsPanel } from './components-panel.js';
import { EquityPanel } from './equity-panel.js';
import { Headline } from './headline.js';
import { PatternsPanel } from './patterns-panel.js';
import { SessionsPanel } from './sessions-panel.js';
import { SymbolsPanel } from './symbols-panel.js';
import './trading.css';
import { VolumePanel } from './volume-panel.js';

const refresh_ms = 10_000;

/** What signals and trades of a time have come to, drawn. */
export function Page() {
  const range = readRange(route.value.query);
  // A time that stands still is asked for once: what is in it may still change by a late event, but not as one watches.
  const every_ms = range.kind === 'fixed' && range.to !== null ? undefined : refresh_ms;
  const query = boundsOf(range, Date.now() / 1000);
  const { data, error, isLoading } = useResource<Analytics>('analytics', {
    query,
    ...(every_ms === undefined ? {} : { every_ms }),
  });
  const whole = data === null ? undefined : { from: data.from, to: data.to };
  return (
    <div aria-busy={isLoading && data === null}>
      <RangePicker range={range} whole={whole} onChange={showRange} />
      <ErrorBox error={error} />
      {data === null && isLoading && <p class="quiet">Loading …</p>}
      {data !== null && (
        <>
          <Headline data={data} />
          <Panels>
            <EquityPanel query={query} every_ms={every_ms} />
            <PatternsPanel patterns={data.patterns} />
            <SymbolsPanel symbols={data.symbols} />
            <div class="pair">
              <SessionsPanel sessions={data.sessions} />
              <ComponentsPanel components={data.components} />
            </div>
            <VolumePanel volume={data.volume} />
          </Panels>
        </>
      )}
    </div>
  );
}

function showRange(range: Range): void {
  setQuery({ span: undefined, from: undefined, to: undefined, ...writeRange(range) });
}
