import { useEffect } from 'preact/hooks';
import type { AlertsPage } from '../../../src/api/index.js';
import { useResource } from '../../shell/resource.js';
import { route } from '../../shell/router.js';
import { alertsTold } from '../../shell/stream.js';
import { ErrorBox } from '../../ui/error-box.js';
import { NeedsToken } from '../../ui/needs-token.js';
import { Panel, Panels } from '../../ui/panel.js';
import { AlertDetail } from './alert-detail.js';
import { AlertTable } from './alert-table.js';
import { Channels } from './channels.js';
import { Pages, Troubles } from './frame.js';
import { findAlert, headline, inUrgency } from './order.js';
import { Rules } from './rules.js';
import { Silences } from './silence-panel.js';
import './style.css';

/** The stream tells what changes; that a silence has ended by itself, only the time. */
const every_ms = 30_000;

export function Page() {
  const { rest, query } = route.value;
  const { data, error, reload } = useResource<AlertsPage>('alerts', {
    query: { before: query.before },
    every_ms,
  });
  useEffect(() => {
    if (alertsTold.value !== null) reload();
  }, [alertsTold.value]);
  if (data === null) return error === null ? <p class="quiet">Loading …</p> : <ErrorBox error={error} />;
  return (
    <div class="alerts">
      <ErrorBox error={error} />
      <p class="headline" role="status">
        {headline(data)}
      </p>
      <Troubles page={data} />
      <NeedsToken what="To acknowledge or silence" />
      {rest !== '' && <AlertDetail id={rest} alert={findAlert(data, rest)} page={data} onChange={reload} />}
      <Panels>
        <Panel title="Open" isWide>
          <AlertTable
            caption="Open alerts, the urgent first"
            alerts={inUrgency(data.open)}
            current={rest}
            empty="Nothing is open: no condition holds, and what happened has been acknowledged."
          />
        </Panel>
        <Panel title="Silences">
          <Silences page={data} onChange={reload} />
        </Panel>
        <Panel title="Channels">
          <Channels channels={data.channels} />
        </Panel>
        <Panel title="Rules" isWide>
          <Rules rules={data.rules} />
        </Panel>
        <Panel title="History" isWide>
          <AlertTable
            caption="What was said, the newest first"
            alerts={data.history}
            current={rest}
            empty="Nothing has been said yet."
          />
          <Pages next={data.next} />
        </Panel>
      </Panels>
    </div>
  );
}
