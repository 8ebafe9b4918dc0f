import { useSignal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import type { DeadLetterWhole, Examined, Settled } from '../../../src/api/dead-letters.js';
import { change, factsOf } from '../../shell/api.js';
import { useResource } from '../../shell/resource.js';
import { hrefOf, route } from '../../shell/router.js';
import { CopyButton } from '../../ui/copy-button.js';
import { ErrorBox } from '../../ui/error-box.js';
import { bytes, count } from '../../ui/format.js';
import { Panel } from '../../ui/panel.js';
import { Time } from '../../ui/time.js';
import { Actions } from './actions.js';
import { Draft } from './draft.js';
import { Editor, IssueList } from './editor.js';
import { sayDoor, sayStatus } from './reasons.js';
import { remedyForLost, sayResolution } from './settle.js';
import { StatusOf } from './status.js';

/** What becomes of a dead letter is an event, and in the store a moment later: so long it is looked for. */
const looks_ms = [300, 700, 1_500, 3_000, 6_000];

/** All of one dead letter, and what can be done with it. */
export function Letter({ id, onSettled }: { id: string; onSettled: () => void }) {
  const { data, error, reload } = useResource<DeadLetterWhole>(`dead-letters/${encodeURIComponent(id)}`);
  const settled = useSignal<Settled | null>(null);
  useEffect(() => {
    if (settled.value === null) return undefined;
    const look = () => {
      reload();
      onSettled();
    };
    const timers = looks_ms.map((after_ms) => setTimeout(look, after_ms));
    return () => timers.forEach(clearTimeout);
  }, [settled.value]);
  const close = (
    <a href={hrefOf('dead-letters', { query: route.value.query })} aria-label="Close this dead letter">
      Close
    </a>
  );
  return (
    <Panel title={`Dead letter ${id}`} tools={close}>
      <ErrorBox error={error} />
      {data !== null && (
        <Whole
          letter={data}
          settled={settled.value}
          onSettled={(done) => {
            settled.value = done;
          }}
        />
      )}
    </Panel>
  );
}

interface WholeProps {
  letter: DeadLetterWhole;
  settled: Settled | null;
  onSettled: (settled: Settled) => void;
}

function Whole({ letter, settled, onSettled }: WholeProps) {
  const draft = useMemo(
    () => new Draft({ letter, examine: (text) => examine(letter.id, text) }),
    [letter.id],
  );
  useEffect(() => () => draft.close(), [draft]);
  const isOver = letter.status === 'retried' || letter.status === 'corrected';
  useEffect(() => {
    // What was published in its place is an event now; here is what came.
    if (isOver) draft.write(letter.payload ?? '');
  }, [isOver]);
  return (
    <div class="letter">
      <Facts letter={letter} />
      <h3>Why it was refused</h3>
      <IssueList issues={letter.issues} />
      <Lost lost={letter.examined.lost} />
      <h3>{isOver ? 'What came' : 'What came, to be corrected'}</h3>
      {letter.payload === null && (
        <p class="note">
          {count(letter.bytes)} bytes came that are no UTF-8, so they cannot be shown or corrected here. A
          whole event can be written in their place, or <code>bitten dead-letters show {letter.id}</code>{' '}
          looks at them.
        </p>
      )}
      <Editor draft={draft} isReadOnly={isOver} />
      <ErrorBox error={draft.problem.value === null ? null : factsOf(draft.problem.value)} />
      <p class="row">
        <CopyButton label="Copy the payload" text={draft.text.value} />
        {!isOver && draft.text.value !== (letter.payload ?? '') && (
          <button type="button" onClick={() => draft.write(letter.payload ?? '')}>
            As it came
          </button>
        )}
      </p>
      <Actions letter={letter} draft={draft} settled={settled} onSettled={onSettled} />
      <Resolutions letter={letter} />
    </div>
  );
}

/** Nothing changes by it, so that it needs no token. */
function examine(id: number, payload: string): Promise<Examined> {
  return change<Examined>('POST', `dead-letters/${id}/examine`, { payload });
}

function Facts({ letter }: { letter: DeadLetterWhole }) {
  const { status, event_type, source, producer, door, received_at } = letter;
  return (
    <dl class="facts">
      <dt>Status</dt>
      <dd>
        <StatusOf status={status} /> <span class="quiet">{sayStatus(status)}</span>
      </dd>
      <dt>Received</dt>
      <dd>
        <Time at={received_at} /> by {sayDoor(door)}
      </dd>
      <dt>Event type</dt>
      <dd>{event_type ?? <span class="quiet">not told</span>}</dd>
      <dt>Source</dt>
      <dd>{source ?? <span class="quiet">not told</span>}</dd>
      <dt>Producer</dt>
      <dd>{producer ?? <span class="quiet">not told</span>}</dd>
      <dt>Size</dt>
      <dd>{bytes(letter.bytes)}</dd>
    </dl>
  );
}

/** What is gone for good, and why: a secret is kept nowhere, and nobody can bring it back. */
function Lost({ lost }: { lost: readonly string[] }) {
  if (lost.length === 0) return null;
  return (
    <div class="caution">
      <h3>
        <span aria-hidden="true">▲ </span>Something of it is lost
      </h3>
      <ul>
        {lost.map((sentence) => (
          <li key={sentence}>{sentence}</li>
        ))}
      </ul>
      <p>{remedyForLost(lost)}</p>
    </div>
  );
}

function Resolutions({ letter: { resolutions } }: { letter: DeadLetterWhole }) {
  if (resolutions.length === 0) return null;
  return (
    <>
      <h3>What became of it</h3>
      <ol class="resolutions">
        {resolutions.map((resolution, i) => (
          <li key={`${i} ${resolution.created_at}`}>
            <Time at={resolution.created_at} />: {sayResolution(resolution)}
            {resolution.seq !== null && (
              <>
                {' '}
                (<a href={hrefOf('events', { rest: String(resolution.seq) })}>look at it</a>)
              </>
            )}
          </li>
        ))}
      </ol>
    </>
  );
}
