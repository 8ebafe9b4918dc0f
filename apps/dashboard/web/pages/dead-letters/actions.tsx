import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import type { DeadLetterWhole, Settle, Settled } from '../../../src/api/dead-letters.js';
import { change, factsOf } from '../../shell/api.js';
import { hrefOf } from '../../shell/router.js';
import { ErrorBox } from '../../ui/error-box.js';
import { mayChange, NeedsToken } from '../../ui/needs-token.js';
import type { Draft } from './draft.js';
import { choicesFor, reasonOf, saySettled } from './settle.js';

interface ActionsProps {
  letter: DeadLetterWhole;
  draft: Draft;
  settled: Settled | null;
  onSettled: (settled: Settled) => void;
}

type Action = 'retry' | 'correct' | 'discard';

/** What can be done, what speaks against it, and what came of it. */
export function Actions({ letter, draft, settled, onSettled }: ActionsProps) {
  const reason = useSignal('');
  const isForced = useSignal(false);
  const isBusy = useSignal(false);
  const refusal = useSignal<unknown>(null);
  const text = draft.text.value;
  const isChanged = text !== (letter.payload ?? '');
  const choices = choicesFor(letter, text, draft.examined.value);
  const cautions = (isChanged ? draft.examined.value : letter.examined)?.cautions ?? [];
  const settle = async (action: Action) => {
    isBusy.value = true;
    refusal.value = null;
    try {
      const body = bodyFor(action, { text, reason: reasonOf(reason.value), force: isForced.value });
      onSettled(await change<Settled>('POST', `dead-letters/${letter.id}/${action}`, body));
    } catch (error) {
      refusal.value = error;
    } finally {
      isBusy.value = false;
    }
  };
  const may = mayChange() && !isBusy.value;
  const mayDrive = may && (cautions.length === 0 || isForced.value);
  const isOver = [choices.retry, choices.correct, choices.discard].every((choice) => choice !== true);
  const driveName = isChanged ? 'Publish it corrected' : 'Drive it again';
  const drive = isChanged ? choices.correct : choices.retry;
  if (letter.status === 'retried' || letter.status === 'corrected') return <Outcome settled={settled} />;
  return (
    <div class="actions">
      <Outcome settled={settled} />
      <NeedsToken what="To deal with a dead letter" />
      {cautions.length > 0 && <Cautions cautions={cautions} isForced={isForced} />}
      <label class="field">
        <span>Reason (kept with it; needed to discard)</span>
        <input
          value={reason.value}
          maxLength={500}
          onInput={(event) => {
            reason.value = event.currentTarget.value;
          }}
        />
      </label>
      <div class="row">
        <button
          type="button"
          class="primary"
          disabled={!mayDrive || drive !== true}
          onClick={() => void settle(isChanged ? 'correct' : 'retry')}
        >
          {driveName}
        </button>
        <button
          type="button"
          class="danger"
          disabled={!may || choices.discard !== true || reasonOf(reason.value) === undefined}
          onClick={() => void settle('discard')}
        >
          Discard it
        </button>
        {!isOver && drive !== true && <span class="quiet">Not driven again yet: {drive}.</span>}
      </div>
      <ErrorBox error={refusal.value === null ? null : factsOf(refusal.value)} />
    </div>
  );
}

function bodyFor(
  action: Action,
  { text, reason, force }: { text: string; reason: string | undefined; force: boolean },
): Settle {
  return {
    ...(action === 'correct' ? { payload: text } : {}),
    ...(reason === undefined ? {} : { reason }),
    ...(action !== 'discard' && force ? { force } : {}),
  };
}

function Cautions({ cautions, isForced }: { cautions: readonly string[]; isForced: { value: boolean } }) {
  return (
    <div class="caution">
      <h3>
        <span aria-hidden="true">▲ </span>Think before it is driven again
      </h3>
      <ul>
        {cautions.map((caution) => (
          <li key={caution}>{caution}</li>
        ))}
      </ul>
      <label>
        <input
          type="checkbox"
          checked={isForced.value}
          onChange={(event) => {
            isForced.value = event.currentTarget.checked;
          }}
        />{' '}
        I have read this: publish it all the same
      </label>
    </div>
  );
}

function Outcome({ settled }: { settled: Settled | null }) {
  let text: ComponentChildren = null;
  if (settled !== null) {
    text = (
      <p class={settled.refused === null ? 'done' : 'done bad'}>
        {saySettled(settled)}{' '}
        {settled.seq !== null && <a href={hrefOf('events', { rest: String(settled.seq) })}>Look at it</a>}
        {settled.refused?.dead_letter != null && (
          <a href={hrefOf('dead-letters', { rest: String(settled.refused.dead_letter) })}>Look at that one</a>
        )}
      </p>
    );
  }
  return <div role="status">{text}</div>;
}
