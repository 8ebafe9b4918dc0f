import { now } from '../../shell/stream.js';
import { Panel, Panels } from '../../ui/panel.js';
import { Components } from './components.js';
import { Cursors } from './cursors.js';
import { Headline } from './headline.js';
import { LiveCharts } from './live-charts.js';

/** How everything is at this moment. */
export function Page() {
  const told = now.value;
  if (told === null) return <p class="quiet">Waiting for the first figures …</p>;
  return (
    <>
      <Headline now={told} />
      <Panels>
        <LiveCharts />
        <Panel title="Components">
          <Components components={told.components} at={told.at} />
        </Panel>
        <Panel title="Readers and their cursors">
          <Cursors cursors={told.cursors} />
        </Panel>
      </Panels>
    </>
  );
}
