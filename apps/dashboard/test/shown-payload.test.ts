import { expect, test } from 'vitest';
import { shownPayload } from '../src/dead-letters/shown.js';

test('a payload is laid out for people, and without its byte order mark', () => {
  expect(shownPayload('\ufeff{"a":[1]}')).toBe('{\n  "a": [\n    1\n  ]\n}');
});

test('one made to grow when it is laid out is shown as it is', () => {
  const deep = `${'['.repeat(3_000_000)}${']'.repeat(3_000_000)}`;
  expect(shownPayload(deep) === deep).toBe(true);
});
