import type { Issue } from '../errors.js';
import { limits } from '../limits.js';

/** How many bytes a text takes in UTF-8. */
function byteLength(text: string): number {
  return new TextEncoder().encode(text).length;
}

/** The issue of an event's text that is larger than the limit; undefined where it is not. */
export function sizeIssue(text: string): Issue | undefined {
  const bytes_max = limits.event_bytes_max;
  // A UTF-16 unit becomes one to three bytes, so most texts need no counting.
  if (text.length * 3 <= bytes_max) return undefined;
  const bytes = text.length > bytes_max ? undefined : byteLength(text);
  if (bytes !== undefined && bytes <= bytes_max) return undefined;
  return {
    path: '',
    code: 'size',
    found: bytes === undefined ? `at least ${text.length} bytes` : `${bytes} bytes`,
    expected: `at most ${bytes_max} bytes`,
  };
}
