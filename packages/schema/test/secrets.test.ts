import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { redactSecrets } from '../src/check/redact.js';
import { isSecretKey, knownInnocent } from '../src/check/secret-keys.js';
import { checkEvent, createStandardCatalogue, decodeEvent, standardDefinitions } from '../src/index.js';

const catalogue = createStandardCatalogue();
const secret = 'hunter2-and-more';

function eventWith(data: object): Record<string, unknown> {
  return { event_type: 'login_attempt', timestamp: 1, source: 'webapp', data };
}

const secretKeys = [
  ...['password', 'Password', 'PASSWD', 'pwd', 'user_pwd', 'userPwd', 'pass', 'db_pass', 'passphrase'],
  ...['secret', 'client_secret', 'clientSecret', 'CLIENT-SECRET', 'clientsecret', 'secrets'],
  ...['token', 'access_token', 'accessToken', 'AccessToken', 'refresh-token', 'X-Auth-Token', 'api_tokens'],
  ...['api_key', 'apikey', 'api-key', 'apiKey', 'APIKey', 'X-API-KEY', 'private_key', 'secretKey', 'api.key'],
  ...['authorization', 'Authorization', 'bearer', 'credential', 'credentials', 'aws_credentials', 'creds'],
  ...[
    'seed_phrase',
    'seedPhrase',
    'mnemonic',
    'cvv',
    'CVV2',
    'card_cvc',
    'jwt',
    'password_hash',
    'password2',
  ],
  ...['passwordValue', 'token_value', 'refreshTokenValue', 'api-key-v2', 'apiKeyV2', 'authorization_code'],
  ...['otp', 'totp', 'smsOtp', 'otp_code', 'pin', 'PIN', 'userPin', 'card-pin', 'pin_code', 'pin2'],
  ...[
    'cookie',
    'Set-Cookie',
    'session_cookies',
    'session_token',
    'auth_header',
    'authHeader',
    'oauth-headers',
  ],
  ...['password ', 'api_key  ', `token${' '.repeat(100)}`, 'pin_', 'password_v2_'],
];

const innocentKeys = [
  ...['token_count', 'tokenized', 'max_tokens', 'token_type', 'secretary', 'secret_santa', 'author'],
  ...['authorized', 'symbol', 'key', 'keys', 'key_level', 'primary_key', 'hotkey', 'bearish', 'pass_rate'],
  ...['bypass', 'compass', 'password_changed_at', 'api_key_id', 'seed', 'phrase', 'session_id', 'signal_id'],
  ...[
    'correlation_id',
    'account_number',
    'login',
    'passed',
    '',
    'accredited',
    'credential_type',
    '__proto__',
  ],
  ...[
    'pin_bar',
    'pin_bar_pattern',
    'pinBar',
    'pinned',
    'ping',
    'spin',
    'bullish_pinbar',
    'pinbar',
    'hotpath',
  ],
  ...[
    'auth',
    'sessionid',
    'cookie_count',
    'token_values_count',
    'footprint',
    'to\u212aen',
    'pa\u017f\u017fword',
  ],
];

describe('a key looks like a secret', () => {
  it.each(secretKeys)('%s', (key) => expect(isSecretKey(key)).toBe(true));
});

describe('a key does not look like a secret', () => {
  it.each(innocentKeys)('%s', (key) => expect(isSecretKey(key)).toBe(false));

  it('for being a piece of a text, which would then be remembered whole', () => {
    redactSecrets('{"a_key_of_a_text":1,"token":2}');
    expect(knownInnocent.has('a_key_of_a_text')).toBe(false);
  });

  it('in any of the standard types', () => {
    const keys = Object.values(standardDefinitions).flatMap(({ data }) => Object.keys(data.entries));
    expect(keys.filter(isSecretKey)).toEqual([]);
  });
});

describe('an event with a secret', () => {
  it.each([
    ['in data', { password: secret }, 'data.password'],
    ['deep in data', { a: [{ b: { api_key: { value: secret } } }] }, 'data.a.0.b.api_key'],
    ['as a number', { cvv: 123 }, 'data.cvv'],
  ])('is refused, %s, by both doors, and nobody repeats its value', (_where, data, path) => {
    const decoded = decodeEvent(JSON.stringify(eventWith(data)), catalogue);
    const checked = checkEvent(eventWith(data), catalogue);
    expect(decoded).toMatchObject({ ok: false, issues: [{ code: 'secret', path }] });
    expect(checked).toMatchObject([{ code: 'secret', path }]);
    expect(JSON.stringify([decoded, checked])).not.toContain(secret);
  });

  it('is refused beside data too, and where an object makes its own JSON', () => {
    const beside = { ...eventWith({}), access_token: secret };
    expect(checkEvent(beside, catalogue)).toMatchObject([{ code: 'secret', path: 'access_token' }]);
    const made = eventWith({ session: { toJSON: () => ({ token: secret }) } });
    expect(checkEvent(made, catalogue)).toMatchObject([{ code: 'secret', path: 'data.session.token' }]);
  });

  it('is told of the secret alone: what else is wrong might quote it', () => {
    const event = { ...eventWith({ token: secret, signal_id: Number.NaN }), event_type: 'signal_expired' };
    expect(checkEvent(event, catalogue)).toMatchObject([{ code: 'secret', path: 'data.token' }]);
  });

  it('is refused by code `secret` also as text that is no JSON, without a piece of it in the message', () => {
    for (const text of [`{"password": ${secret}}`, `{'password': '${secret}'}`, `{"token":"${secret}`]) {
      const decoded = decodeEvent(text, catalogue);
      expect(decoded).toMatchObject({ ok: false, issues: [{ code: 'secret' }, { code: 'json' }] });
      expect(JSON.stringify(decoded)).not.toContain(secret.slice(0, 7));
    }
  });

  it.each([
    `"password":"${secret}","password":null`,
    `"token" : {"a":["${secret}"]} , "token":false`,
    `"a":{"api_key":"${secret}"},"a":{"b":1}`,
    `"a":[{"x":{"pin":1234},"x":"12:30"}]`,
    `"pass\\u0077ord":"${secret}","password":true`,
  ])('is refused where only the text holds it, of which JSON.parse drops a member: %s', (members) => {
    const envelope = '"event_type":"login","timestamp":1,"source":"webapp"';
    const decoded = decodeEvent(`{${envelope},"data":{${members}}}`, catalogue);
    expect(decoded).toMatchObject({ ok: false, issues: [{ code: 'secret', path: '' }] });
    const replaced = decodeEvent(`{${envelope},"data":{${members}},"data":{"a":1}}`, catalogue);
    expect(replaced).toMatchObject({ ok: false, issues: [{ code: 'secret', path: '' }] });
    expect(JSON.stringify([decoded, replaced])).not.toContain(secret);
  });

  it('is not seen in a key that stands twice with nothing secret, or in what a string says', () => {
    const data = '{"a":1,"a":{"b":2},"at":"12:30:00","note":"password: x","token":null,"token":true}';
    const text = `{"event_type":"x","timestamp":1,"source":"y","data":${data}}`;
    expect(decodeEvent(text, catalogue).ok).toBe(true);
  });

  it('is none where the value gives nothing away', () => {
    const data = { has_password: true, token: null, is_secret: false };
    expect(decodeEvent(JSON.stringify(eventWith(data)), catalogue).ok).toBe(true);
    expect(checkEvent(eventWith(data), catalogue)).toEqual([]);
  });
});

describe('a text without its secrets', () => {
  const marker = '"[secret removed]"';

  it.each([
    ['{"a":1, "password" : "hunter2-and-more", "b": 2}', `{"a":1, "password" : ${marker}, "b": 2}`],
    ['{"token":{"x":["}","hunter2"]},"b":"token: x"}', `{"token":${marker},"b":"token: x"}`],
    ['{"pass\\u0077ord":1234,"a":{"secret":[1,2]}}', `{"pass\\u0077ord":${marker},"a":{"secret":${marker}}}`],
    ['{"a":{"secret":"x"},"a":1}', `{"a":{"secret":${marker}},"a":1}`],
  ])('%s', (text, expected) => {
    expect(redactSecrets(text)).toBe(expected);
    expect(redactSecrets(expected), 'a second time changes nothing').toBe(expected);
  });

  it.each([
    '{"password":"hunt',
    '{"data":{"cvv":12',
    "{'api_key': 'x\\'y', 'b': 1}",
    '{ password: ab}hunter2',
    '{a: password          : hunter2',
    'user=a password=ab,hunter2',
    'password: |\n  hunter2',
    "password => 'hunter2'",
    '<password>hunter2</password>',
    '<&#112;assword>hunter2</&#112;assword>',
    '"{"pass\\u0077ord":"hunter2"}',
    'p%61ssword=hunter2',
    'Authorization: Bearer a,hunter2',
    '{"userPin":1234',
    Buffer.from('{"password":"hunter2"}', 'utf16le').toString('latin1'),
    Buffer.from('{"password":"hunter2"}', 'utf16le').toString('utf8'),
  ])('that is no JSON leaves length and digest alone: %s', (text) => {
    const digest = createHash('sha256').update(text).digest('hex');
    const bytes = Buffer.byteLength(text);
    const left = `[removed: ${bytes} bytes that are no JSON and may hold a secret, sha256 ${digest}]`;
    expect(redactSecrets(text)).toBe(left);
    expect(redactSecrets(left), 'a second time changes nothing').toBe(left);
  });

  it('counts and digests the bytes it was read from', () => {
    const bytes = Buffer.from('password=\u00fc', 'latin1');
    const digest = createHash('sha256').update(bytes).digest('hex');
    expect(redactSecrets(bytes.toString('latin1'), bytes)).toContain(`: 10 bytes that`);
    expect(redactSecrets(bytes.toString('latin1'), bytes)).toContain(`sha256 ${digest}]`);
  });

  it.each([
    ...['', '{"a":1}', '{"note":"password: x"}', '{"token":null,"has_secret":true}', '{"to\u212aen":1}'],
    ...[
      'the bus is red',
      '{"symbol":"EURUSD","bid":1.1',
      "{'a': NaN, 'pattern': 'PIN_BAR'}",
      '{"ping_ms":1,}',
    ],
    ...['{"compass":"\\u00e9\\ud83d", "passed": 1', 'footprint = 50% shipping'],
  ])('is left alone: %s', (text) => expect(redactSecrets(text)).toBe(text));
});

describe('docs/EVENTS.md', () => {
  const page = readFileSync(new URL('../../../docs/EVENTS.md', import.meta.url), 'utf8');
  const section = page.slice(page.indexOf('## No secrets'), page.indexOf('## What happens to an event that'));
  const quoted = (text: string) => [...text.matchAll(/`([^`]+)`/g)].map(([, word]) => word!);

  it('names as secrets what are', () => {
    const rows = section.split('\n').filter((line) => /^\|.*`/.test(line));
    const examples = rows.flatMap((row) => quoted(row.split('|')[2]!));
    expect(examples.length).toBeGreaterThan(15);
    expect(examples.filter((key) => !isSecretKey(key))).toEqual([]);
    const [, followers = ''] = /may follow, and one of (.*?):/.exec(section) ?? [];
    expect(quoted(followers).filter((word) => !isSecretKey(`token_${word}`))).toEqual([]);
    expect(quoted(followers)).toHaveLength(11);
  });

  it('names as innocent what are', () => {
    const [, innocents = ''] = /Innocent are (.*?)\. A value/.exec(section) ?? [];
    expect(quoted(innocents).length).toBeGreaterThan(8);
    expect(quoted(innocents).filter(isSecretKey)).toEqual([]);
  });
});
