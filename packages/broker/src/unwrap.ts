import { isUtf8 } from 'node:buffer';
import type { Issue } from '@bitten/schema';

/** What a client has refused by rules that only it has (docs/PROTOCOL.md section 3.4). */
export interface Unwrapped {
  payload: Buffer;
  issues: Issue[];
}

const issuesMax = 20;
const texts = ['path', 'code', 'found', 'expected'] as const;

/**
 * The event within `{"event_type", "source", "invalid": [issues], "event": …}`, in this order, byte for byte;
 * null for anything else.
 */
export function unwrap(payload: Buffer): Unwrapped | null {
  // Bytes that are no text would come out as others.
  if (!isUtf8(payload)) return null;
  const text = payload.toString('utf8');
  if (!text.startsWith('{"event_type":')) return null;
  const wrapped = parse(text);
  if (wrapped === null || !isIssues(wrapped.invalid)) return null;
  const { event_type, source } = wrapped;
  // Written anew from texts alone: what is nested deep enough would overflow the stack.
  if (typeof event_type !== 'string' || typeof source !== 'string') return null;
  const invalid = wrapped.invalid.map(({ path, code, found, expected }) => ({ path, code, found, expected }));
  const head = `${JSON.stringify({ event_type, source, invalid }).slice(0, -1)},"event":`;
  if (!text.startsWith(head) || !text.endsWith('}')) return null;
  return { payload: Buffer.from(text.slice(head.length, -1)), issues: invalid };
}

function parse(text: string): Record<string, unknown> | null {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return null;
  }
}

function isIssues(value: unknown): value is Issue[] {
  return (
    Array.isArray(value) &&
    value.length > 0 &&
    value.length <= issuesMax &&
    value.every((issue) =>
      texts.every((field) => typeof (issue as Record<string, unknown>)?.[field] === 'string'),
    )
  );
}
