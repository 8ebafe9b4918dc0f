import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { readInstant, type Span, steps, writeInstant } from './instant.js';

interface MovesProps {
  at: number;
  span: Span;
  onTravel: (at: number) => void;
}

/** Steps by button, for who has no keys. */
export function StepButtons({ at, onTravel }: Omit<MovesProps, 'span'>) {
  const backwards = [...steps].reverse();
  return (
    <fieldset class="steps">
      <legend class="sr">Step through time</legend>
      {backwards.map(({ seconds, name, short }) => (
        <button key={name} type="button" onClick={() => onTravel(at - seconds)}>
          −{short}
          <span class="sr">, one {name} back</span>
        </button>
      ))}
      {steps.map(({ seconds, name, short }) => (
        <button key={name} type="button" onClick={() => onTravel(at + seconds)}>
          +{short}
          <span class="sr">, one {name} on</span>
        </button>
      ))}
    </fieldset>
  );
}

/** The instant as text, to be read and to be written. While somebody writes in it, it stays as they have it. */
export function InstantField({ at, span, onTravel }: MovesProps) {
  const draft = useSignal<string | null>(null);
  const problem = useSignal<string | null>(null);
  useEffect(() => {
    problem.value = null;
  }, [at]);
  const shown = draft.value ?? writeInstant(at);
  const submit = (event: Event) => {
    event.preventDefault();
    const read = readInstant(shown, at);
    if (read === undefined) {
      problem.value = 'That is no time. Write 2026-01-05 14:32:07.5, 14:32, -5min, +1h, or Unix seconds.';
      return;
    }
    const isOutside = read < span.from || read > span.to;
    onTravel(read);
    draft.value = null;
    if (isOutside) problem.value = 'History does not reach so far: this is its end.';
  };
  return (
    <form class="instant" onSubmit={submit}>
      <label class="field">
        <span>Exact time</span>
        <input
          data-search
          value={shown}
          spellcheck={false}
          autocomplete="off"
          size={24}
          aria-invalid={problem.value !== null}
          aria-describedby="instant-problem"
          onInput={(event) => {
            draft.value = event.currentTarget.value;
          }}
          onBlur={() => {
            if (draft.value === writeInstant(at)) draft.value = null;
          }}
        />
      </label>
      <button type="submit">Go there</button>
      <p id="instant-problem" class="hint" role="status">
        {problem.value}
      </p>
    </form>
  );
}
