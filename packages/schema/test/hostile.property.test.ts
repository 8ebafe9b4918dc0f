import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { nestsDeeperThan } from '../src/check/nesting.js';
import { redactSecrets } from '../src/check/redact.js';
import { isSecretKey } from '../src/check/secret-keys.js';
import {
  BittenError,
  checkEvent,
  createStandardCatalogue,
  type Decoded,
  decodeEvent,
  encodeEvent,
  InvalidEventError,
} from '../src/index.js';
import { hostileTexts } from '../src/testing/index.js';

// Nothing here depends on the time a machine takes that has others to serve.
vi.setConfig({ testTimeout: 60_000 });

const catalogue = createStandardCatalogue();
const printable = /^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]*$/u;

/** What holds for every answer, whatever the text. */
function expectSound(decoded: Decoded): void {
  if (decoded.ok) return;
  expect(decoded.issues.length).toBeGreaterThan(0);
  expect(decoded.issues.length).toBeLessThanOrEqual(20);
  for (const { path, found, expected } of decoded.issues) {
    expect(path.length + found.length + expected.length).toBeLessThanOrEqual(500);
    expect(path + found + expected).toMatch(printable);
  }
  expect(new InvalidEventError(decoded.issues).message.length).toBeLessThan(20 * 550);
}

/** Text that is accepted means the same after our own encoder. */
function expectFaithful(decoded: Decoded): void {
  if (!decoded.ok) return;
  const again = decodeEvent(encodeEvent(decoded.event), catalogue);
  expect(again.ok).toBe(true);
  if (again.ok) expect(encodeEvent(again.event)).toBe(encodeEvent(decoded.event));
}

/** Keys and values that have broken programs before. */
const key = fc.oneof(
  fc.constantFrom(
    '__proto__',
    'constructor',
    'prototype',
    'toString',
    'toJSON',
    'then',
    'length',
    '',
    'data',
  ),
  fc.constantFrom('password', 'apiKey', 'token', 'token_count'),
  fc.string({ unit: 'binary', maxLength: 12 }),
);
const leaf = fc.oneof(
  fc.double(),
  fc.constantFrom(-0, 1e308, 5e-324, null, true, '', '\u0000', '\ud800', '\u2028', 'x'.repeat(300)),
  fc.string({ unit: 'binary' }),
);
const tree = fc.letrec((tie) => ({
  any: fc.oneof({ maxDepth: 6, withCrossShrink: true }, leaf, tie('list'), tie('object')),
  list: fc.array(tie('any'), { maxLength: 5 }),
  object: fc
    .array(fc.tuple(key, tie('any')), { maxLength: 6 })
    .map((members) => Object.fromEntries(members) as unknown),
})).object as fc.Arbitrary<Record<string, unknown>>;
const envelope = fc
  .tuple(fc.constantFrom('market_data', 'user_action', 'hostile', '__proto__'), tree, tree)
  .map(([event_type, data, more]) => ({ ...more, event_type, timestamp: 1.5, source: 'fuzz', data }));

describe('whatever comes in', () => {
  it.each(hostileTexts())('$what is answered soundly, and changes no prototype', ({ bytes }) => {
    const decoded = decodeEvent(Buffer.from(bytes).toString('utf8'), catalogue);
    expectSound(decoded);
    expectFaithful(decoded);
    expect(Reflect.ownKeys(Object.prototype)).toEqual(pristine);
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });

  it('an event of hostile keys and values comes back the same, or is told of issues', () => {
    fc.assert(
      fc.property(envelope, (event) => {
        const text = JSON.stringify(event);
        const decoded = decodeEvent(text, catalogue);
        expectSound(decoded);
        expectFaithful(decoded);
        if (decoded.ok) expect(JSON.stringify(decoded.event)).toBe(JSON.stringify(JSON.parse(text)));
        expect(decoded.ok, 'both doors agree').toBe(checkEvent(JSON.parse(text), catalogue).length === 0);
      }),
    );
  });

  it.each(['event_type', 'source', 'correlation_id', 'user_id', 'session_id'])(
    '%s with half of a surrogate pair is refused: topic and column could not carry it',
    (field) => {
      const event = { event_type: 'x', timestamp: 1, source: 'y', data: { x: '\ud800' } };
      expect(decodeEvent(JSON.stringify(event), catalogue).ok).toBe(true);
      const halved = { ...event, [field]: 'a\udc00' };
      const issues = [{ path: field, code: 'format' }];
      expect(decodeEvent(JSON.stringify(halved), catalogue)).toMatchObject({ ok: false, issues });
      expect(checkEvent(halved, catalogue)).toMatchObject(issues);
      expect(checkEvent({ ...event, [field]: '🎯' }, catalogue)).toEqual([]);
    },
  );

  it('the encoder throws nothing but its own error', () => {
    fc.assert(
      fc.property(fc.anything({ withBigInt: true, withNullPrototype: true }), (data) => {
        const event = { event_type: 'x', timestamp: 1, source: 'y', data } as never;
        checkEvent(event, catalogue);
        try {
          encodeEvent(event);
        } catch (error) {
          expect(error).toBeInstanceOf(BittenError);
        }
      }),
    );
  });

  it('the search for nesting is not misled by a string in front', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[[\]{}"\\a]{0,300}$/), (text) => {
        const deep = nestsDeeperThan(text, 64);
        expect(nestsDeeperThan(`"a"${text}`, 64)).toBe(deep);
      }),
    );
  });
});

const pristine = Reflect.ownKeys(Object.prototype);

describe('a text without its secrets', () => {
  const secret = 'S3cr3tV4lue';
  const secretEvent = fc
    .tuple(
      tree,
      fc.constantFrom('password', 'apiKey', 'X-Auth-Token', 'userPin', 'otp', 'token_value '),
      fc.nat(),
      fc.nat(),
    )
    .map(([data, name, at, cut]) => {
      const text = JSON.stringify({ a: data, [name]: { deep: [secret, secret] }, b: data });
      return { text, cut: cut % (text.length + 1), at: at % (text.length + 1) };
    });

  it('shows none, whole, cut off anywhere, or with a piece lost', () => {
    fc.assert(
      fc.property(secretEvent, ({ text, cut }) => {
        expect(redactSecrets(text)).not.toContain(secret);
        const short = redactSecrets(text.slice(0, cut));
        expect(short).not.toContain(secret);
        expect(redactSecrets(short), 'and a second time changes nothing').toBe(short);
      }),
    );
  });

  it('is otherwise the same value', () => {
    fc.assert(
      fc.property(tree, (data) => {
        const text = JSON.stringify(data);
        const redacted = redactSecrets(text);
        expect(JSON.stringify(withoutSecretValues(JSON.parse(redacted)))).toBe(
          JSON.stringify(withoutSecretValues(JSON.parse(text))),
        );
      }),
    );
  });

  it('is never much longer than the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const redacted = redactSecrets(text);
        expect(typeof redacted).toBe('string');
        expect(redacted.length).toBeLessThanOrEqual(text.length * 4 + 40);
      }),
    );
  });

  it('never stands still on a megabyte of anything', () => {
    for (const piece of [
      '"',
      '{',
      'password:',
      '"token":',
      "'",
      '\\',
      ' ',
      'a',
      '"password":"',
      'key ',
      '":',
    ]) {
      const text = piece.repeat(Math.ceil(1_000_000 / piece.length));
      expect(typeof redactSecrets(text)).toBe('string');
      expect(typeof isSecretKey(text)).toBe('boolean');
    }
  });
});

/** The same value with everything under a secret key made equal. */
function withoutSecretValues(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutSecretValues);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, field]) => {
      const telling = field !== null && typeof field !== 'boolean';
      return [name, isSecretKey(name) && telling ? 'gone' : withoutSecretValues(field)];
    }),
  );
}
