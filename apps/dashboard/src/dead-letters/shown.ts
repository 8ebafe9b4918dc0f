import { type DeadLetter, type Examination, prettyJson } from '@bitten/dead-letters';
import type { ApiIssue, DeadLetterRow, Examined } from '../api/index.js';

/** A text of brackets and commas grows a hundredfold when it is laid out; beyond this it is shown as it is. */
const laidOut_length_max = 256 * 1024;

/** A payload for whoever corrects it: a byte order mark would be in the way, and nobody sees it. */
export function shownPayload(text: string): string {
  const shown = text.replace(/^\ufeff/, '');
  return shown.length > laidOut_length_max ? shown : prettyJson(shown);
}

/** A dead letter as a list shows it: without its payload. */
export function rowOf(letter: DeadLetter): DeadLetterRow {
  const { id, received_at, door, producer, event_type, source, issues, status = 'open' } = letter;
  return { id, received_at, door, producer, event_type, source, status, issues: issues.map(issueOf) };
}

export function examinedOf({ event, issues, cautions, lost }: Examination): Examined {
  return {
    passes: event !== null,
    issues: issues.map(issueOf),
    cautions: cautions.map(({ why }) => why),
    lost: [...lost],
  };
}

function issueOf({ path, code, found, expected }: ApiIssue): ApiIssue {
  return { path, code, found, expected };
}
