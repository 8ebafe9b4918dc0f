import { badRequest } from './errors.js';

/** One of some words; undefined where it is absent. Throws `HttpError` 400. */
export function wordOf<Word extends string>(
  name: string,
  text: string | undefined,
  words: readonly Word[],
): Word | undefined {
  if (text === undefined || text === '') return undefined;
  const word = words.find((each) => each === text);
  if (word !== undefined) return word;
  throw badRequest(name, { found: JSON.stringify(text.slice(0, 100)), expected: words.join(', ') });
}
