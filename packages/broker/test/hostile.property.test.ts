import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BittenError, createStandardCatalogue, decodeEvent } from '@bitten/schema';
import { hostileTexts } from '@bitten/schema/testing';
import type { DeadLetter } from '@bitten/storage/store';
import { oneLine } from '@bitten/transport';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { readCursors } from '../src/cursor-file.js';
import { encodeDeadLetter } from '../src/dead-letters.js';
import { compileFilter, type Facets } from '../src/filter.js';
import { readLines } from '../src/lines.js';
import { unwrap } from '../src/unwrap.js';
import { tick } from './support/events.js';
import { Rig, textsIn } from './support/rig.js';

// Nothing here depends on the time a machine takes that has others to serve.
vi.setConfig({ testTimeout: 60_000 });

const catalogue = createStandardCatalogue();
const anyBytes = fc.oneof(
  fc.uint8Array({ maxLength: 200 }).map((array) => Buffer.from(array)),
  fc.json().map((text) => Buffer.from(text)),
);

function payloadOf(letter: DeadLetter): Buffer {
  return Buffer.from(letter.payload, letter.encoding);
}

/** What became of one message: the text that is in the log, or the dead letter. */
function outcome(rig: Rig): { text: string | undefined; letter: DeadLetter | undefined } {
  const [text] = textsIn(rig.events);
  const [line] = textsIn(rig.deadLetterLog);
  return { text, letter: line === undefined ? undefined : (JSON.parse(line) as DeadLetter) };
}

/** Stored as it came, or kept as it came with reasons: one of the two, and never both. */
function expectKept(rig: Rig, sent: Buffer): void {
  const { text, letter } = outcome(rig);
  expect(textsIn(rig.events).length + textsIn(rig.deadLetterLog).length).toBe(1);
  if (text !== undefined) {
    expect(text).toBe(oneLine(sent.toString('utf8')));
    expect(decodeEvent(text, catalogue).ok).toBe(true);
  } else {
    expect(payloadOf(letter!).equals(sent)).toBe(true);
    expect(letter!.issues.length).toBeGreaterThan(0);
  }
}

describe.each(hostileTexts())('a message that is $what', ({ bytes }) => {
  const sent = Buffer.from(bytes);

  it('is stored or a dead letter, byte for byte, through the door without receipts', () => {
    const rig = new Rig();
    rig.anonymous.accept([sent]);
    rig.commit.flush();
    expectKept(rig, sent);
  });

  it('and through that with receipts, between two others that are stored', () => {
    const line = Buffer.from(oneLine(sent.toString('latin1')), 'latin1');
    const rig = new Rig();
    const body = Buffer.concat([Buffer.from(`${tick('a')}\n`), line, Buffer.from(`\n${tick('b')}`)]);
    const outcome = rig.publish([tick('a'), '', tick('b')], { body });
    expect(outcome.kind).toBe('appended');
    const stored = textsIn(rig.events);
    const letters = textsIn(rig.deadLetterLog).map((text) => JSON.parse(text) as DeadLetter);
    expect(stored.at(0)).toBe(tick('a'));
    expect(stored.at(-1)).toBe(tick('b'));
    if (stored.length === 3) expect(stored[1]).toBe(line.toString('utf8'));
    else expect(letters.map((letter) => payloadOf(letter).equals(line))).toEqual([true]);
  });
});

describe('any bytes', () => {
  it('are stored or a dead letter', () => {
    fc.assert(
      fc.property(anyBytes, (sent) => {
        const rig = new Rig();
        rig.anonymous.accept([sent]);
        rig.commit.flush();
        expectKept(rig, sent);
      }),
    );
  });

  it('are as many lines as they have line breaks, and one more', () => {
    fc.assert(
      fc.property(anyBytes, (body) => {
        const { texts, unreadable } = readLines(body);
        const breaks = body.filter((byte) => byte === 10).length;
        expect(texts.length).toBe(body.length === 0 ? 0 : breaks + 1);
        for (const [i, bytes] of unreadable) expect(texts[i]).toBe(bytes.toString('utf8'));
      }),
    );
  });

  it('as a file of cursors are refused by one error, or are cursors that can be used', () => {
    const dir = mkdtempSync(join(tmpdir(), 'bitten-cursors-'));
    onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
    const file = join(dir, 'cursors.json');
    const cursor = fc.record(
      {
        name: fc.oneof(fc.string(), fc.constantFrom('reader', '__proto__', 'x'.repeat(101))),
        log: fc.constantFrom('events', 'dead_letters', 'other'),
        next: fc.oneof(fc.integer(), fc.double(), fc.constantFrom(0, 2 ** 53, '1')),
        hold: fc.oneof(fc.boolean(), fc.constant('yes')),
        committed_at: fc.oneof(fc.double(), fc.constant(null)),
      },
      { requiredKeys: [] },
    );
    const text = fc.oneof(
      fc.array(cursor).map((cursors) => JSON.stringify({ cursors })),
      fc.json(),
      fc.string({ unit: 'binary' }),
    );
    fc.assert(
      fc.property(text, (content) => {
        writeFileSync(file, content);
        try {
          for (const { name, next } of readCursors(file)) {
            expect(name).toMatch(/^[A-Za-z0-9._:-]{1,100}$/);
            expect(next).toBeGreaterThan(0);
          }
        } catch (error) {
          expect(error).toBeInstanceOf(BittenError);
          expect((error as BittenError).found!.length).toBeLessThan(100);
        }
      }),
    );
  });
});

describe('a wrapped event', () => {
  it('comes out byte for byte, or not at all', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.json(), (event_type, source, event) => {
        const invalid = [{ path: 'a', code: 'type', found: event_type, expected: source }];
        const head = JSON.stringify({ event_type, source, invalid }).slice(0, -1);
        const out = unwrap(Buffer.from(`${head},"event":${event}}`));
        expect(out).toEqual({ payload: Buffer.from(event), issues: invalid });
      }),
    );
    fc.assert(fc.property(anyBytes, (bytes) => unwrap(bytes) === null));
  });

  it('with bytes that are no text is left as it came', () => {
    const issue = { path: '', code: 'type', found: '', expected: '' };
    const head = JSON.stringify({ event_type: 'x', source: 'y', invalid: [issue] }).slice(0, -1);
    const bytes = Buffer.concat([Buffer.from(`${head},"event":"`), Buffer.from([0xff]), Buffer.from('"}')]);
    expect(unwrap(bytes)).toBeNull();
  });

  it('may be nested as deep as a frame holds', () => {
    const deep = '['.repeat(100_000) + ']'.repeat(100_000);
    const issue = `{"path":"","code":"type","found":"","expected":"","more":${deep}}`;
    for (const [type, more] of [
      [deep, '{"path":"","code":"type","found":"","expected":""}'],
      ['"x"', issue],
    ]) {
      const text = `{"event_type":${type},"source":"y","invalid":[${more}],"event":{}}`;
      expect(unwrap(Buffer.from(text))).toBeNull();
    }
  });
});

it('a filter passes what is in its lists, whatever the event is called', () => {
  const name = fc.oneof(fc.string(), fc.constantFrom('__proto__', 'constructor', 'toString'));
  fc.assert(
    fc.property(fc.array(name), name, (types, event_type) => {
      const passes = compileFilter({ types });
      expect(passes!({ event_type } as Facets)).toBe(types.includes(event_type));
    }),
  );
});

describe('a secret', () => {
  const secret = 'S3cr3tV4lue';
  const event = (data: object) =>
    JSON.stringify({ event_type: 'login', timestamp: 1, source: 'webapp', data });

  function expectGone(rig: Rig, told: unknown): DeadLetter[] {
    expect(textsIn(rig.events)).toEqual([]);
    const letters = textsIn(rig.deadLetterLog).map((line) => JSON.parse(line) as DeadLetter);
    for (const { issues } of letters) expect(issues.map(({ code }) => code)).toContain('secret');
    expect(JSON.stringify([letters, told, rig.said])).not.toContain(secret);
    return letters;
  }

  it.each([
    ['in an event', event({ user: 'x', password: secret })],
    ['in text that is cut off', event({ token: secret }).slice(0, -4)],
    [
      'in a member that a later one replaces',
      event({ a: 1 }).replace('{"a"', `{"token":"${secret}","token":2,"a"`),
    ],
    [
      'in a member that one without a secret replaces',
      event({ a: 1 }).replace('{"a"', `{"password":"${secret}","password":null,"a"`),
    ],
    [
      'in data that other data replaces',
      event({ a: 1 }).replace('"data"', `"data":{"pin":"${secret}"},"data"`),
    ],
    ['in what is no JSON at all', `user=a password=ab,${secret}`],
  ])('%s reaches neither log nor issues, by either door', (_where, text) => {
    const rig = new Rig();
    rig.anonymous.accept([Buffer.from(text)]);
    const [first, second] = expectGone(rig, rig.publish([text]));
    expect(first!.payload).toBe(second!.payload);
    expect(first!.payload).toMatch(/\[secret removed]|^\[removed: \d+ bytes/);
  });

  it('in what a client has refused by rules of its own takes along what that client found', () => {
    const found = { path: 'data.pin', code: 'type', found: secret, expected: 'number' };
    const head = JSON.stringify({ event_type: 'login', source: 'webapp', invalid: [found] });
    const rig = new Rig();
    const [letter] = expectGone(
      rig,
      rig.publish([`${head.slice(0, -1)},"event":${event({ password: secret })}}`]),
    );
    expect(letter!.payload).toBe(event({ password: '[secret removed]' }));
  });

  it('in a text of another encoding leaves length and digest, in a dead letter of UTF-8', () => {
    for (const payload of [
      Buffer.from(`\ufeff{"password":"${secret}"}`, 'utf16le'),
      Buffer.from(`password: \u00fc${secret}`, 'latin1'),
    ]) {
      const letter = letterOf(payload);
      const digest = createHash('sha256').update(payload).digest('hex');
      expect(letter).toMatchObject({ encoding: 'utf8', issues: [{ code: 'secret' }] });
      expect(letter.payload).toContain(`: ${payload.length} bytes`);
      expect(letter.payload).toContain(`sha256 ${digest}]`);
    }
  });

  it('is removed where names look alike, and only there, whatever else the text holds', () => {
    const text = `{"to\u212aen":"kept","pass\u00fc":"ß🎯","token":"${secret}"}`;
    const letter = letterOf(Buffer.from(text));
    expect(letter).toMatchObject({ encoding: 'utf8', payload: text.replace(secret, '[secret removed]') });
    const alone = `{"to\u212aen":"kept"}`;
    expect(letterOf(Buffer.from(alone))).toMatchObject({ payload: alone, issues: [] });
  });

  it('in bytes that are no text is taken out of the bytes', () => {
    const payload = Buffer.concat([
      Buffer.from(`{"password":"${secret}","a":"`),
      Buffer.from([0xff, 0x22, 0x7d]),
    ]);
    const letter = letterOf(payload);
    expect(letter.encoding).toBe('base64');
    expect(payloadOf(letter).toString('latin1')).toBe('{"password":"[secret removed]","a":"\u00ff"}');
  });
});

function letterOf(payload: Buffer): DeadLetter {
  const nothing = { producer: null, producerSeq: null, eventType: null, source: null };
  const line = encodeDeadLetter({ payload, issues: [], door: '5571', receivedAt: 1, ...nothing });
  return JSON.parse(line.toString()) as DeadLetter;
}
