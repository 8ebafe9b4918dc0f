import type { Volume } from '../../../src/api/analytics.js';
import { LineChart } from '../../charts/line-chart.js';
import { theme } from '../../shell/theme.js';
import { colorsOfTypes } from '../../ui/colors.js';
import { count, dateTime } from '../../ui/format.js';
import { Panel } from '../../ui/panel.js';
import { busiest, peakOf, showStep } from './volume.js';

/** How many events of which type came when. */
export function VolumePanel({ volume }: { volume: Volume }) {
  const step = showStep(volume.step_s);
  const peak = peakOf(volume);
  if (peak === null) {
    return (
      <Panel title="Events an hour, by type" isWide>
        <p class="empty">No event came in this time.</p>
      </Panel>
    );
  }
  const rows = busiest(volume);
  const colors = colorsOfTypes(
    rows.map(({ type }) => type),
    theme.value,
  );
  const series = rows.map(({ type, counts, total }) => ({
    name: type,
    label: `${type} ${count(total)}`,
    color: colors.get(type)!,
    values: counts,
  }));
  return (
    <Panel title={`Events each ${step}, by type`} isWide>
      <p class="quiet">
        Most came in the {step} from {dateTime(peak.at)}: {count(peak.events)}.
      </p>
      <LineChart
        title={`Events each ${step} by type`}
        at={volume.at}
        series={series}
        format={count}
        isStacked
      />
    </Panel>
  );
}
