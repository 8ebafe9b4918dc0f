/**
 * What the name of a secret ends with, in lower case, its words apart by one separator or by none. Only the end
 * counts: `access_token` holds a token, `token_count` counts some. docs/EVENTS.md lists the same, held by a test.
 */
const endings = [
  'pass[-_. ]?(?:words?|wd|phrases?|codes?)',
  'secrets?',
  'token',
  '(?:access|refresh|auth|bearer|api|session)[-_. ]?tokens',
  '(?:api|access|private|secret|signing|encryption|master|ssh)[-_. ]?keys?',
  'authorization',
  'auth[-_. ]?headers?',
  'bearer',
  'credentials?',
  'cookies?',
  '(?:seed|recovery)[-_. ]?(?:phrases?|words?)',
  'mnemonic',
];

/** The same for words so short that they also end innocent ones: here the whole word has to be it. */
const shortWords = ['pwd', 'pass', 'creds', 'cvv', 'cvc', 'jwt', 't?otp', 'pin(?![-_. ]?bar)'];

/** What may follow without making the name another thing's, and a version or number after that. */
const followers = 'hash|plain|plaintext|encrypted|header|confirm|confirmation|hex|base64|value|code';
const suffix = anyCase(`(?:[-_. ]?(?:${followers}))?(?:[-_. ]?v?[0-9]{1,8})?`);

/** A short word begins after what is no letter, or with the capital of camelCase. */
const wordStart = '(?:(?<![A-Za-z])|(?<=[a-z])(?=[A-Z]))';

/** Only ASCII letters have a second case: `\u212a` (Kelvin) is no k, neither here nor where values are removed. */
function anyCase(pattern: string): string {
  return pattern.replaceAll(/[a-z]/g, (letter) => `[${letter}${letter.toUpperCase()}]`);
}

const long = anyCase(endings.join('|'));
const short = `${wordStart}(?:${anyCase(shortWords.join('|'))})`;
const secretName = new RegExp(`(?:${long}|${short})${suffix}[-_. ]*$`);
const mention = new RegExp(`${long}|${short}${suffix}(?![a-z])`);

/** How ASCII is written where a text is yet to be read by something else: escaped, as in XML, as in a URL. */
const disguises = ['\\\\u00[2-7]', '\\\\x[2-7]', '&#', '%[4-7][0-9a-f]'];
const disguise = new RegExp(disguises.join('|'), 'i');
const trace = new RegExp([...endings, ...shortWords, ...disguises, '\\0'].join('|'), 'i');

/** No name is longer than this and means it; a key may be a megabyte. */
const tail_length = 64;

/** Whether a name is one that secrets have: `password`, `api_key`, `clientSecret`, `X-Auth-Token`. Never throws. */
export function isSecretName(name: string): boolean {
  return secretName.test(name.trimEnd().slice(-tail_length));
}

/** Publishers may invent keys: past this many the memory of innocent ones begins anew. */
const innocent_max = 4_096;
const innocent = new Set<string>();
/** What is remembered: the hot path looks here before it asks. */
export const knownInnocent: ReadonlySet<string> = innocent;

/**
 * The same for the key of an object. The keys of ordinary events are remembered: one costs a look into a set.
 * Not for a piece cut out of a text, which would be remembered together with the whole text.
 */
export function isSecretKey(key: string): boolean {
  if (innocent.has(key)) return false;
  if (isSecretName(key)) return true;
  if (key.length <= tail_length) {
    if (innocent.size >= innocent_max) innocent.clear();
    innocent.add(key);
  }
  return false;
}

/** Whether a text could hold the name of a secret at all, in JSON or in anything else; quick, and rather yes. */
export function mayHoldSecret(text: string): boolean {
  return trace.test(text);
}

/** Whether what is no JSON names a secret anywhere, or could in a disguise. In UTF-16 every letter has a NUL. */
export function mentionsSecret(text: string): boolean {
  if (mention.test(text) || disguise.test(text)) return true;
  return text.includes('\0') && mentionsSecret(text.replaceAll('\0', ''));
}

/** `null`, `true` and `false` give nothing away: `has_password: true` is no secret. */
export function isTelling(value: unknown): boolean {
  return value !== null && value !== undefined && typeof value !== 'boolean';
}
