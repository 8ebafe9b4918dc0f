/**
 * What the name of a secret ends with, in lower case, its words apart by one separator or by none. Only the end
 * counts: `access_token` holds a token, `token_count` counts some. docs/EVENTS.md lists the same.
 */
const endings = [
  'pass[-_. ]?(?:words?|wd|phrases?|codes?)',
  'secrets?',
  'token',
  '(?:access|refresh|auth|bearer|api|session)[-_. ]?tokens',
  '(?:api|access|private|secret|signing|encryption|master|ssh)[-_. ]?keys?',
  'authorization',
  'bearer',
  'credentials?',
  '(?:seed|recovery)[-_. ]?(?:phrases?|words?)',
  'mnemonic',
];

/** The same for words so short that they also end innocent ones: here the whole word has to be it. */
const shortWords = ['pwd', 'pass', 'creds', 'cvv', 'cvc', 'jwt'];

/** What may follow without making the name another thing's. */
const suffix =
  '(?:[-_. ]?(?:hash|plain|plaintext|encrypted|header|confirm|confirmation|hex|base64))?[-_. ]?\\d*';

const secretName = new RegExp(`(?:${endings.join('|')}|(?<![a-z])(?:${shortWords.join('|')}))${suffix}$`);

/** No name is longer than this and means it; a key may be a megabyte. */
const tail_length = 64;

/** Publishers may invent keys: past this many the memory of innocent ones begins anew. */
const innocent_max = 4_096;
const innocent = new Set<string>();
/** What is remembered: the hot path looks here before it asks. */
export const knownInnocent: ReadonlySet<string> = innocent;

/**
 * Whether a key is named as secrets are: `password`, `api_key`, `clientSecret`, `X-Auth-Token`. Never throws,
 * whatever the key. The names of an ordinary event are remembered: one costs a look into a set.
 */
export function isSecretKey(key: string): boolean {
  if (innocent.has(key)) return false;
  const tail = key.slice(-tail_length);
  // Words of camelCase are told apart before the case is dropped.
  if (secretName.test(tail.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toLowerCase())) return true;
  if (key.length <= tail_length) {
    if (innocent.size >= innocent_max) innocent.clear();
    innocent.add(key);
  }
  return false;
}

/** `null`, `true` and `false` give nothing away: `has_password: true` is no secret. */
export function isTelling(value: unknown): boolean {
  return value !== null && value !== undefined && typeof value !== 'boolean';
}
