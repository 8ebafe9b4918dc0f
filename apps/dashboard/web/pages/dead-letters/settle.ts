import type { DeadLetterWhole, Examined, Settled } from '../../../src/api/dead-letters.js';

/** What can be done with a dead letter: an action, or in a sentence why it cannot. */
export interface Choices {
  retry: true | string;
  correct: true | string;
  discard: true | string;
}

const settled = 'it is an event already; look below at what became of it';

/**
 * What can be done now. `text` is what stands in the editor, `examined` what was said of exactly that text; null while
 * the answer is on its way.
 */
export function choicesFor(letter: DeadLetterWhole, text: string | null, examined: Examined | null): Choices {
  const { status, payload } = letter;
  if (status === 'retried' || status === 'corrected') {
    return { retry: settled, correct: settled, discard: settled };
  }
  const discard = status === 'discarded' ? 'it is given up already' : true;
  return { retry: retryOf(letter), correct: correctOf({ text, payload, examined }), discard };
}

function retryOf({ payload, examined }: DeadLetterWhole): true | string {
  if (payload === null) return 'what came is no text';
  return examined.passes ? true : 'as it is, it breaks rules still; correct it first';
}

function correctOf({
  text,
  payload,
  examined,
}: {
  text: string | null;
  payload: string | null;
  examined: Examined | null;
}): true | string {
  if (text === null || text.trim() === '') return 'there is nothing in the editor';
  if (text === payload) return 'nothing has been changed';
  if (examined === null) return 'it is being checked';
  return examined.passes ? true : 'it breaks rules still';
}

/** What was done, for whoever did it. */
export function saySettled({ action, seq, repeat, refused }: Settled): string {
  if (refused !== null) {
    const again = refused.dead_letter === null ? '' : ` It is dead letter ${refused.dead_letter} now.`;
    return `The bus has refused it again.${again}`;
  }
  if (action === 'discarded') return repeat ? 'It had been given up before.' : 'It is given up, and kept.';
  const how = action === 'corrected' ? 'corrected' : 'as it was';
  const what = seq === null ? 'It is an event now' : `It is event ${seq} now`;
  return repeat ? `${what}; it had been driven before, and nothing was stored twice.` : `${what}, ${how}.`;
}

type Resolution = DeadLetterWhole['resolutions'][number];

/** What became of it, in a line. */
export function sayResolution({ action, seq, reason, by }: Resolution): string {
  const who = by === null ? '' : ` by ${by}`;
  const which = seq === null ? '' : `, as event ${seq}`;
  return `${action}${who}${which}${reason === null ? '' : `: ${reason}`}`;
}

/** Lost for good is only a secret or an end that was cut off; both are told by `lost`, and this says what to do. */
export function remedyForLost(lost: readonly string[]): string | null {
  if (lost.length === 0) return null;
  const isCut = lost.some((sentence) => sentence.startsWith('only its first'));
  return isCut
    ? 'Its publisher may still have all of it.'
    : 'A secret is never written to disk. Take the field out of the payload below, and let its publisher name it otherwise.';
}

/** The reason as it is sent: none for an empty one. */
export function reasonOf(text: string): string | undefined {
  const reason = text.trim();
  return reason === '' ? undefined : reason;
}
