import { expect, test } from 'vitest';
import { encodeDeadLetter, type Refused } from '../src/dead-letters.js';

const frameBytesMax = 16 * 1024 * 1024;

function refused(payload: Buffer): Refused {
  return {
    payload,
    issues: [{ path: '', code: 'json', found: 'x', expected: 'y' }],
    door: '5571',
    producer: null,
    producerSeq: null,
    eventType: null,
    source: null,
    receivedAt: 1000,
  };
}

test('a dead letter is one line that holds the payload as text, or as base64 where it is none', () => {
  const text = encodeDeadLetter(refused(Buffer.from('{"a":\n"ü"}'))).toString();
  expect(text).not.toContain('\n');
  expect(JSON.parse(text)).toMatchObject({ payload: '{"a":\n"ü"}', encoding: 'utf8', door: '5571' });
  const bytes = encodeDeadLetter(refused(Buffer.from([0xff, 0xfe])));
  expect(JSON.parse(bytes.toString())).toMatchObject({ payload: '//4=', encoding: 'base64' });
});

test('the largest message that can come, made of what JSON must escape, still fits a reply', () => {
  const payload = Buffer.alloc(8 * 1024 * 1024, 1);
  const line = encodeDeadLetter(refused(payload));
  expect(line.length).toBeLessThan(frameBytesMax);
  const letter = JSON.parse(line.toString());
  expect(letter.encoding).toBe('base64');
  expect(Buffer.from(letter.payload, 'base64').equals(payload)).toBe(true);
});

test('what came in many frames is cut to what a reply can carry', () => {
  const line = encodeDeadLetter(refused(Buffer.alloc(40 * 1024 * 1024, 0xff)));
  expect(line.length).toBeLessThan(frameBytesMax);
});
