import { describe, expect, it } from 'vitest';
import { redactSecrets } from '../src/check/redact.js';
import { isSecretKey } from '../src/check/secret-keys.js';
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
];

describe('a key looks like a secret', () => {
  it.each(secretKeys)('%s', (key) => expect(isSecretKey(key)).toBe(true));
});

describe('a key does not look like a secret', () => {
  it.each(innocentKeys)('%s', (key) => expect(isSecretKey(key)).toBe(false));

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
    ['{"password":"hunt', `{"password":${marker}`],
    ['{"data":{"cvv":12', `{"data":{"cvv":${marker}`],
    ["{'api_key': 'x\\'y', 'b': 1}", `{'api_key': ${marker}, 'b': 1}`],
    ['{ password: hunter2 more, b: 1 }', `{ password: ${marker}, b: 1 }`],
    ['Authorization: Bearer abc.def\nb', `Authorization: ${marker}\nb`],
  ])('%s', (text, expected) => {
    expect(redactSecrets(text)).toBe(expected);
    expect(redactSecrets(expected), 'a second time changes nothing').toBe(expected);
  });

  it.each(['', '{"a":1}', '{"note":"password: x"}', '{"token":null,"has_secret":true}', 'the token is red'])(
    'is left alone: %s',
    (text) => expect(redactSecrets(text)).toBe(text),
  );
});
