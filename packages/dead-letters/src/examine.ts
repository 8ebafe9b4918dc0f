import {
  type Catalogue,
  createStandardCatalogue,
  decodeEvent,
  type Envelope,
  type Issue,
} from '@bitten/schema';
import { oneLine } from '@bitten/transport';
import { type Caution, cautionsOf } from './cautions.js';
import type { DeadLetter } from './letter.js';
import { type Payload, readPayload } from './payload.js';

/** What there is to say of a dead letter, or of its corrected text, before it is driven again. */
export interface Examination {
  payload: Payload;
  /** The event in it; null while a rule is broken. */
  event: Envelope | null;
  /** What is wrong with it by the rules known here and now; empty where it passes. */
  issues: Issue[];
  /** Where it passes: why somebody should think before it is driven again. */
  cautions: Caution[];
  /** What of it is gone for good, in words; empty where all is there. */
  lost: string[];
}

/** By which rules, and at which time, a dead letter is looked at. */
export interface ExamineOptions {
  /** The rules to hold it to; default the standard types. With types of your own their rules are known here too. */
  catalogue?: Catalogue;
  /** Unix seconds; default now. */
  now?: number;
}

const standard = createStandardCatalogue();

/** What a dead letter holds, and whether it would pass now as it is. Never throws, whatever came. */
export function examine(letter: DeadLetter, options: ExamineOptions = {}): Examination {
  const payload = readPayload(letter);
  if (payload.text === null) {
    return { payload, event: null, issues: [noText(payload)], cautions: [], lost: lostOf(payload, []) };
  }
  return judge(letter, payload, { ...options, isAsItWas: true });
}

/** The same for what somebody would put in its place. */
export function examineText(letter: DeadLetter, text: string, options: ExamineOptions = {}): Examination {
  return judge(letter, readPayload({ payload: text, encoding: 'utf8' }), { ...options, isAsItWas: false });
}

function judge(
  letter: DeadLetter,
  payload: Payload,
  { catalogue = standard, now = Date.now() / 1000, isAsItWas }: ExamineOptions & { isAsItWas: boolean },
): Examination {
  const decoded = decodeEvent(oneLine(payload.text ?? ''), catalogue);
  if (!decoded.ok) {
    return {
      payload,
      event: null,
      issues: decoded.issues,
      cautions: [],
      lost: lostOf(payload, decoded.issues),
    };
  }
  const cautions = cautionsOf(letter, decoded.event, { catalogue, now, isAsItWas });
  return { payload, event: decoded.event, issues: [], cautions, lost: lostOf(payload, []) };
}

function noText({ bytes }: Payload): Issue {
  const found = `${bytes} bytes that are no UTF-8`;
  return { path: '', code: 'json', found, expected: 'one JSON object' };
}

function lostOf({ isTruncated, removed, bytes }: Payload, issues: readonly Issue[]): string[] {
  const lost: string[] = [];
  if (removed === 'everything') {
    lost.push('all of it was removed, for it may have held a secret: only its length and SHA-256 are known');
  } else if (removed === 'values') {
    const paths = issues.filter(({ code, path }) => code === 'secret' && path !== '').map(({ path }) => path);
    const where = paths.length === 0 ? 'its secrets' : paths.join(', ');
    lost.push(
      `the value of ${where} was removed and is kept nowhere; unset the field, or give the whole payload`,
    );
  }
  if (isTruncated) lost.push(`only its first ${bytes} bytes were kept`);
  return lost;
}
