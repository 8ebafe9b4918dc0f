import type { Rates } from '../../../src/api/index.js';
import { LineChart, type Series } from '../../charts/line-chart.js';
import { type Resource, useResource } from '../../shell/resource.js';
import { route, setQuery } from '../../shell/router.js';
import { theme } from '../../shell/theme.js';
import { colorAt, colorsOfTypes } from '../../ui/colors.js';
import { ErrorBox } from '../../ui/error-box.js';
import { count, duration } from '../../ui/format.js';
import { Panel } from '../../ui/panel.js';

const spans = { '5 min': 300, '15 min': 900, '1 h': 3_600 } as const;
const refresh_ms = 1_000;

function useRates() {
  const span = Number(route.value.query.span ?? spans['5 min']);
  return useResource<Rates>('rates', {
    query: { span },
    every_ms: span <= 900 ? refresh_ms : 4 * refresh_ms,
  });
}

function SpanChoice() {
  return (
    <label>
      <span class="sr">Time shown</span>
      <select
        value={route.value.query.span ?? String(spans['5 min'])}
        onChange={(event) => setQuery({ span: event.currentTarget.value })}
      >
        {Object.entries(spans).map(([name, seconds]) => (
          <option key={name} value={seconds}>
            last {name}
          </option>
        ))}
      </select>
    </label>
  );
}

/** What the server has sampled, drawn: one question for both charts. */
export function LiveCharts() {
  const { data, error } = useRates();
  return (
    <>
      <RateChart data={data} error={error} />
      <LatencyChart data={data} />
    </>
  );
}

/** Events a second by type, as they come. */
function RateChart({ data, error }: Pick<Resource<Rates>, 'data' | 'error'>) {
  const series = data === null ? [] : seriesOf(data);
  return (
    <Panel title="Events a second, by type" tools={<SpanChoice />} isWide>
      <ErrorBox error={error} />
      <LineChart
        title="Events a second by type"
        at={data?.at ?? []}
        series={series}
        format={count}
        isStacked
      />
    </Panel>
  );
}

function seriesOf({ series }: Rates): Series[] {
  // The many below the few, by their order of magnitude: lines that change places each second cannot be read.
  const size = (values: readonly number[]) =>
    Math.round(Math.log10(1 + values.reduce((sum, each) => sum + each, 0)));
  const sorted = Object.entries(series).sort(([a, x], [b, y]) => size(y) - size(x) || a.localeCompare(b));
  const colors = colorsOfTypes(
    sorted.map(([name]) => name),
    theme.value,
  );
  return sorted.map(([name, values]) => ({ name, values, color: colors.get(name)! }));
}

/** How long it takes from a publisher's clock to a row in the store. */
function LatencyChart({ data }: Pick<Resource<Rates>, 'data'>) {
  const ms = (values: ReadonlyArray<number | null> = []) =>
    values.map((value) => (value === null ? null : value / 1000));
  const series: Series[] = [
    {
      name: 'p50',
      label: 'half are faster',
      color: colorAt(0, theme.value),
      values: ms(data?.latency_p50_ms),
    },
    {
      name: 'p99',
      label: 'the slowest of each step',
      color: colorAt(1, theme.value),
      values: ms(data?.latency_p99_ms),
    },
  ];
  return (
    <Panel title="Published to stored" isWide>
      <LineChart
        title="From publish to row in the store"
        at={data?.at ?? []}
        series={series}
        format={duration}
        height_px={150}
      />
    </Panel>
  );
}
