import { now, streamState } from './stream.js';

/** Says what is not there, above every page: old figures must not look like new ones. */
export function Away() {
  const text = whatIsAway();
  return (
    <div class="away" role="status" aria-live="polite">
      {text === null ? null : (
        <p>
          <span aria-hidden="true">▲ </span>
          {text}
        </p>
      )}
    </div>
  );
}

function whatIsAway(): string | null {
  if (streamState.value === 'away')
    return 'The dashboard does not answer: what is shown is what it said last.';
  const told = now.value;
  if (told === null) return null;
  if (!told.bus.up) return `No bus: ${told.bus.why}. What is shown of it is what it said last.`;
  if (told.bus.unavailable !== null)
    return `The bus cannot write: ${told.bus.unavailable}. Publishers keep their events.`;
  if (!told.store.up) return `No store: ${told.store.why}`;
  return null;
}
