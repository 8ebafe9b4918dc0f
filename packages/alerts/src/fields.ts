import * as v from 'valibot';
import { readDuration } from './duration.js';

/** The fields that rules and channels are made of. Durations become seconds. */
export const duration = v.pipe(
  v.string(),
  v.check((text) => readDuration(text) !== undefined, 'a duration such as 10s, 5min, 1h or 1d'),
  v.transform((text) => readDuration(text)!),
);

export const text = v.pipe(v.string(), v.minLength(1, 'a text'), v.maxLength(500, 'at most 500 characters'));

export const name = v.pipe(
  v.string(),
  v.regex(/^[a-z0-9][a-z0-9_-]{0,63}$/, 'a name of small letters, digits, - and _'),
);
