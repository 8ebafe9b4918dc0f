import { isUtf8 } from 'node:buffer';
import {
  type Catalogue,
  checkEvent,
  decodeEvent,
  type Envelope,
  type Issue,
  withAliases,
} from '@bitten/schema';
import type { Piece } from './cut.js';

export interface JudgeOptions {
  catalogue: Catalogue;
  /** Where given, each value is the data of an event of this type, and not a whole event. */
  type: string | undefined;
  /** Whether the names callers use count too, as with `bitten publish` and the bridge. */
  aliases: boolean;
  /** Unix seconds: the moment that absent times become, with `aliases`. */
  now: number;
}

export interface Verdict {
  /** Null where it cannot be told. */
  event_type: string | null;
  /** Empty for what the bus would take. */
  issues: readonly Issue[];
}

const notText: Issue = {
  path: '',
  code: 'json',
  found: 'bytes that are no UTF-8',
  expected: 'one JSON object',
};

/** Whether the bus would take a value, and what it would say. */
export function judge({ bytes }: Piece, options: JudgeOptions): Verdict {
  const { catalogue, type, aliases } = options;
  if (!isUtf8(bytes)) return { event_type: type ?? null, issues: [notText] };
  const text = bytes
    .toString('utf8')
    .replace(/^\ufeff/, '')
    .trim();
  const decoded = decodeEvent(type === undefined ? text : asEvent(type, text), catalogue);
  if (decoded.ok) return { event_type: decoded.event.event_type, issues: [] };
  const verdict = { event_type: decoded.event_type ?? type ?? null, issues: decoded.issues };
  // Only what the fields are named and made of can be mended by other names.
  const isMendable = aliases && decoded.issues.every(({ path, code }) => path !== '' && code !== 'secret');
  return isMendable ? { ...verdict, issues: issuesWithAliases(text, options) } : verdict;
}

/** Data with an envelope about it; what is no JSON stays none. */
function asEvent(type: string, data: string): string {
  try {
    JSON.parse(data);
  } catch {
    return data;
  }
  return `{"event_type":${JSON.stringify(type)},"timestamp":1,"source":"check","data":${data}}`;
}

function issuesWithAliases(text: string, { catalogue, type, now }: JudgeOptions): Issue[] {
  const event = JSON.parse(type === undefined ? text : asEvent(type, text)) as Envelope;
  const { event_type, data, user_id } = event;
  if (typeof data !== 'object' || data === null || Array.isArray(data)) return checkEvent(event, catalogue);
  return checkEvent({ ...event, data: withAliases(event_type, data, now, user_id) }, catalogue);
}
