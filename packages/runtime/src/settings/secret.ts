import type { SettingProblem } from './problems.js';

/** A key as ZeroMQ writes them: 40 characters of Z85, which a path could also be if it began like one. */
const z85 = /^(?![./~])[\w.\-:+=^!/*?&<>()[\]{}@%$#]{40}$/;
/** A token: long, letters and digits mixed, and neither a path, a list nor words. */
const token = /^[\w+=-]{32,}$/;
const credentials = /:\/\/[^/\s:@]*:[^/\s@]+@|-----BEGIN|\b(password|passwd|secret|token)\s*[:=]/i;

/**
 * Whether a value looks like a secret that somebody has put where a path or a name belongs. No setting is one: keys
 * are named by their files.
 */
export function isSecret(raw: unknown): boolean {
  if (typeof raw !== 'string') return false;
  if (credentials.test(raw)) return true;
  const mixed = /[a-z]/i.test(raw) && /\d/.test(raw);
  return mixed && (token.test(raw) || (z85.test(raw) && /[A-Z]/.test(raw) && /[a-z]/.test(raw)));
}

const words = '(not shown: it looks like a secret)';

/** The same problem without what was found. */
export const hideSecret = Object.assign(
  (problem: SettingProblem): SettingProblem => ({ ...problem, found: words }),
  { words },
);
