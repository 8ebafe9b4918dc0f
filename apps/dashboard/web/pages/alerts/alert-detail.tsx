import { useSignal } from '@preact/signals';
import type { AlertRow, AlertsPage } from '../../../src/api/alerts.js';
import { change, factsOf } from '../../shell/api.js';
import { useResource } from '../../shell/resource.js';
import { hrefOf, route } from '../../shell/router.js';
import { Badge } from '../../ui/badge.js';
import { ErrorBox } from '../../ui/error-box.js';
import { mayChange } from '../../ui/needs-token.js';
import { Panel } from '../../ui/panel.js';
import { Time } from '../../ui/time.js';
import { sayDelivery, toneOf } from './deliveries.js';
import { SeverityOf, StateOf } from './signs.js';
import { SilenceDialog } from './silence-dialog.js';
import { sayScope, silenceFor } from './silences.js';

interface AlertDetailProps {
  id: string;
  /** Undefined where neither the open ones nor this page of the history have it: then it is asked for. */
  alert: AlertRow | undefined;
  page: AlertsPage;
  onChange: () => void;
}

/** One alert: what it says, what it is about, who was told, and what can be done about it. */
export function AlertDetail({ id, alert: listed, page, onChange }: AlertDetailProps) {
  const asked = useResource<AlertRow>(listed === undefined ? `alerts/${encodeURIComponent(id)}` : null);
  const alert = listed ?? (asked.data?.id === id ? asked.data : undefined);
  const onAcknowledged = () => {
    onChange();
    asked.reload();
  };
  const close = (
    <a href={hrefOf('alerts', { query: route.value.query })} aria-label="Close this alert">
      Close
    </a>
  );
  if (alert === undefined) {
    return (
      <Panel title="Alert" isWide tools={close}>
        {asked.error === null ? <p class="quiet">Loading …</p> : <ErrorBox error={asked.error} />}
      </Panel>
    );
  }
  return (
    <Panel title={alert.message} isWide tools={close}>
      <Facts alert={alert} page={page} />
      <Deliveries alert={alert} />
      <Acknowledge key={alert.id} alert={alert} onChange={onAcknowledged} />
      <SilenceButton alert={alert} page={page} onChange={onChange} />
    </Panel>
  );
}

function Facts({ alert, page }: { alert: AlertRow; page: AlertsPage }) {
  const { severity, state, rule, key, at, since, value, suppressed, seq, correlation_id } = alert;
  const about = page.rules.find(({ name }) => name === rule);
  return (
    <dl class="facts">
      <dt>State</dt>
      <dd>
        <SeverityOf severity={severity} /> <StateOf state={state} />
      </dd>
      <dt>Rule</dt>
      <dd>
        {rule}
        {about?.description != null && <span class="quiet">: {about.description}</span>}
      </dd>
      {key !== '' && (
        <>
          <dt>Key</dt>
          <dd>{key}</dd>
        </>
      )}
      <dt>Said</dt>
      <dd>
        <Time at={at} />; it holds since <Time at={since} />
      </dd>
      {value !== null && (
        <>
          <dt>Value</dt>
          <dd>{value}</dd>
        </>
      )}
      {suppressed > 0 && (
        <>
          <dt>Kept back</dt>
          <dd>{suppressed} more, by the cooldown of the rule</dd>
        </>
      )}
      {(seq !== null || correlation_id !== null) && (
        <>
          <dt>About</dt>
          <dd class="row">
            {seq !== null && <a href={hrefOf('events', { rest: String(seq) })}>event {seq}</a>}
            {correlation_id !== null && (
              <a href={hrefOf('lifecycle', { rest: correlation_id })}>the chain of {correlation_id}</a>
            )}
            <a href={hrefOf('time-machine', { query: { at } })}>everything at that time</a>
          </dd>
        </>
      )}
    </dl>
  );
}

function Deliveries({ alert: { deliveries, silenced_by } }: { alert: AlertRow }) {
  return (
    <>
      <h3>Deliveries</h3>
      {deliveries.length === 0 && <p class="quiet">No channel is told of this.</p>}
      <ul class="deliveries">
        {deliveries.map((delivery) => {
          const { state, details } = sayDelivery(delivery);
          return (
            <li key={delivery.channel}>
              <Badge tone={toneOf(delivery)}>{state}</Badge>{' '}
              {delivery.at !== null && <Time at={delivery.at} />}
              {details !== '' && <span class="quiet">, {details}</span>}
            </li>
          );
        })}
      </ul>
      {silenced_by !== null && <p class="note">Silence {silenced_by} has kept it from being delivered.</p>}
    </>
  );
}

function Acknowledge({ alert, onChange }: { alert: AlertRow; onChange: () => void }) {
  const note = useSignal('');
  const isBusy = useSignal(false);
  const refusal = useSignal<unknown>(null);
  const { acknowledged } = alert;
  if (acknowledged !== null) {
    return (
      <p class="done">
        Acknowledged <Time at={acknowledged.at} />
        {acknowledged.by !== null && ` by ${acknowledged.by}`}
        {acknowledged.note !== null && `: ${acknowledged.note}`}
      </p>
    );
  }
  const acknowledge = async () => {
    isBusy.value = true;
    try {
      const text = note.value.trim();
      await change<unknown>('POST', 'alerts/acknowledge', {
        id: alert.id,
        ...(text === '' ? {} : { note: text }),
      });
      refusal.value = null;
      onChange();
    } catch (error) {
      refusal.value = error;
    } finally {
      isBusy.value = false;
    }
  };
  return (
    <form
      class="row"
      onSubmit={(event) => {
        event.preventDefault();
        void acknowledge();
      }}
    >
      <label class="field inline grow">
        <span>Note</span>
        <input
          value={note.value}
          maxLength={500}
          placeholder="what you know, or do about it"
          onInput={(event) => {
            note.value = event.currentTarget.value;
          }}
        />
      </label>
      <button type="submit" class="primary" disabled={!mayChange() || isBusy.value}>
        Acknowledge
      </button>
      <ErrorBox error={refusal.value === null ? null : factsOf(refusal.value)} />
    </form>
  );
}

function SilenceButton({
  alert,
  page,
  onChange,
}: {
  alert: AlertRow;
  page: AlertsPage;
  onChange: () => void;
}) {
  const isOpen = useSignal(false);
  const silence = silenceFor(alert, page.silences, Date.now() / 1000);
  if (silence !== undefined) {
    return (
      <p class="note">
        Silenced ({sayScope(silence)}) until <Time at={silence.until} />: {silence.reason}
      </p>
    );
  }
  return (
    <>
      <button type="button" disabled={!mayChange()} onClick={() => (isOpen.value = true)}>
        Silence …
      </button>
      {isOpen.value && (
        <SilenceDialog
          rules={page.rules}
          draft={{ rule: alert.rule, key: alert.key }}
          onClose={() => {
            isOpen.value = false;
          }}
          onDone={onChange}
        />
      )}
    </>
  );
}
