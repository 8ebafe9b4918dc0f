import { useEffect } from 'preact/hooks';
import type { EventRow, EventWhole } from '../../../src/api/index.js';
import { useResource } from '../../shell/resource.js';
import { go, hrefOf, route } from '../../shell/router.js';
import { CopyButton } from '../../ui/copy-button.js';
import { ErrorBox } from '../../ui/error-box.js';
import { Json } from '../../ui/json.js';
import { Panel } from '../../ui/panel.js';
import { Time } from '../../ui/time.js';
import { summaryOf } from './event-table.js';

/** One event whole, with what belongs to it. */
export function EventPanel({ seq }: { seq: string }) {
  const { query } = route.value;
  const { data, error } = useResource<EventWhole>(`events/${encodeURIComponent(seq)}`);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key === 'Escape' && document.querySelector('dialog[open]') === null) go('events', { query });
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, [seq]);
  const close = (
    <a class="button" href={hrefOf('events', { query })}>
      Close
    </a>
  );
  return (
    <Panel title={data === null ? `Event ${seq}` : data.event.event_type} tools={close}>
      <ErrorBox error={error} />
      {data !== null && (
        <>
          <Envelope event={data.event} />
          <Json value={data.event.data} label="Data of the event" />
          <p class="row">
            <CopyButton label="Copy as JSON" text={data.text ?? JSON.stringify(data.event)} />
            <CopyButton label="Copy as curl" text={data.commands.curl} />
            <CopyButton label="Copy as bitten" text={data.commands.bitten_show} />
            <CopyButton label="Copy to publish again" text={data.commands.bitten_publish} />
          </p>
          {data.text === null && (
            <p class="quiet">Retention has removed it from the log: this is what the store holds.</p>
          )}
          <Chain chain={data.chain} seq={data.event.seq} />
        </>
      )}
    </Panel>
  );
}

function Envelope({ event }: { event: EventRow }) {
  const link = (name: string, value: string | null) =>
    value === null ? (
      <span class="quiet">–</span>
    ) : (
      <a href={hrefOf('events', { query: { mode: 'search', [name]: value } })}>{value}</a>
    );
  return (
    <dl class="facts">
      <dt>Seq</dt>
      <dd>{event.seq}</dd>
      <dt>Happened</dt>
      <dd>
        <Time at={event.timestamp} />
      </dd>
      <dt>Appended</dt>
      <dd>
        <Time at={event.appended_at} />
      </dd>
      <dt>Source</dt>
      <dd>{link('sources', event.source)}</dd>
      <dt>User</dt>
      <dd>{link('users', event.user_id)}</dd>
      <dt>Session</dt>
      <dd>{event.session_id ?? <span class="quiet">–</span>}</dd>
      <dt>Correlation</dt>
      <dd>
        {link('correlation', event.correlation_id)}
        {event.correlation_id !== null && (
          <>
            {' '}
            (<a href={hrefOf('lifecycle', { rest: event.correlation_id })}>its life</a>)
          </>
        )}
      </dd>
    </dl>
  );
}

function Chain({ chain, seq }: { chain: readonly EventRow[]; seq: number }) {
  if (chain.length < 2) return null;
  const { query } = route.value;
  return (
    <>
      <h3>What belongs to it</h3>
      <ol class="chain">
        {chain.map((event) => (
          <li key={event.seq} aria-current={event.seq === seq ? 'true' : undefined}>
            <a href={hrefOf('events', { rest: String(event.seq), query })}>{event.event_type}</a>{' '}
            <Time at={event.timestamp} form="clock" /> <span class="summary">{summaryOf(event)}</span>
          </li>
        ))}
      </ol>
    </>
  );
}
