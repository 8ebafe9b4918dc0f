import { describe, expect, it } from 'vitest';
import type { DeadLetterWhole, Examined } from '../../src/api/dead-letters.js';
import { lineOf, placesIn } from '../../web/pages/dead-letters/json-places.js';
import { byField, fieldCounts, sayIssue, summaryOf, totalOf } from '../../web/pages/dead-letters/reasons.js';
import { choicesFor, remedyForLost, saySettled } from '../../web/pages/dead-letters/settle.js';

const issue = (path: string, found = '"x"') => ({ path, code: 'type', found, expected: 'a number' });
const passes: Examined = { passes: true, issues: [], cautions: [], lost: [] };
const fails: Examined = { passes: false, issues: [issue('data.confidence')], cautions: [], lost: [] };
const letter: DeadLetterWhole = {
  id: 7,
  received_at: 1,
  door: '5572',
  producer: null,
  event_type: 'signal_generated',
  source: null,
  status: 'open',
  issues: [issue('data.confidence')],
  payload: '{"data":{}}',
  bytes: 11,
  resolutions: [],
  examined: fails,
};

describe('reasons', () => {
  it('are told in words, those of the whole event too', () => {
    expect(sayIssue(issue('data.confidence'))).toBe('data.confidence: found "x", expected a number');
    expect(sayIssue(issue(''))).toMatch(/^the event: /);
    expect(summaryOf([issue('a'), issue('b'), issue('c')])).toBe(
      'a: found "x", expected a number, and 2 more',
    );
    expect(summaryOf([])).toBe('no reason was told');
  });

  it('are counted by field, once a dead letter', () => {
    const other = {
      ...letter,
      issues: [issue('data.symbol'), issue('data.confidence'), issue('data.confidence')],
    };
    expect(fieldCounts([letter, other])).toEqual([
      { path: 'data.confidence', letters: 2 },
      { path: 'data.symbol', letters: 1 },
    ]);
    expect(fieldCounts([letter, other], 1)).toHaveLength(1);
  });

  it('are put together by field', () => {
    expect(
      byField([issue('a'), issue('b'), issue('a', '1')]).map(({ path, issues }) => [path, issues.length]),
    ).toEqual([
      ['a', 2],
      ['b', 1],
    ]);
  });

  it('counts every status there is', () => {
    expect(totalOf({ open: 2, discarded: 3 })).toBe(5);
  });
});

describe('the places of fields in a payload', () => {
  const text =
    '{\n  "event_type": "x",\n  "data": {\n    "levels": [1, {\n      "a\\u0062": -2.5e3 }],\n    "" : null\n  }\n}';

  it('are the lines they stand in', () => {
    const { lines, broken } = placesIn(text);
    expect(broken).toBeNull();
    expect(Object.fromEntries(lines)).toEqual({
      '': 1,
      event_type: 2,
      data: 3,
      'data.levels': 4,
      'data.levels.0': 4,
      'data.levels.1': 4,
      'data.levels.1.ab': 5,
      'data.': 6,
    });
  });

  it('are those of their names, wherever the value begins', () => {
    expect(placesIn('{"a":\n\n1}').lines.get('a')).toBe(1);
  });

  it('for a field that is missing are those of what it is missing in', () => {
    const { lines } = placesIn(text);
    expect(lineOf('data.levels.1.ab', lines)).toBe(5);
    expect(lineOf('data.symbol', lines)).toBe(3);
    expect(lineOf('timestamp', lines)).toBeUndefined();
  });

  it.each([
    ['{"a": 1,\n}', 2, 1],
    ['{"a" 1}', 1, 6],
    ["{'a': 1}", 1, 2],
    ['{"a": NaN}', 1, 7],
    ['{"a": "b\n"}', 1, 7],
    ['{} x', 1, 4],
    ['', 1, 1],
    ['[1, 2', 1, 6],
  ])('%j is no JSON from its line %d, column %d', (broken, line, column) => {
    expect(() => JSON.parse(broken)).toThrow();
    expect(placesIn(broken).broken).toMatchObject({ line, column });
  });

  it('agrees with the parser about what is JSON', () => {
    for (const sound of ['{}', ' [ ] ', '"\\u00e9\\n"', '-0.1E+2', '{"a":{"b":[true,false,null]}}']) {
      expect(placesIn(sound).broken).toBeNull();
    }
    for (const wrong of ['01', '+1', '.5', '"\\x"', '{"a":1,,}', 'nul', '[1 2]', '{\u00a0}']) {
      expect(placesIn(wrong).broken).not.toBeNull();
    }
  });

  it('are found behind a text of any length', () => {
    const { lines, broken } = placesIn(`{"a":"${'x\\n'.repeat(100_000)}",\n"b":1}`);
    expect(broken).toBeNull();
    expect(lines.get('b')).toBe(2);
  });

  it('of what is nested without end are given up, in words', () => {
    expect(placesIn('['.repeat(100_000)).broken?.why).toContain('nested deeper');
  });
});

describe('what can be done with a dead letter', () => {
  it('is everything but what would be refused', () => {
    expect(choicesFor(letter, letter.payload, fails)).toEqual({
      retry: expect.stringContaining('breaks rules'),
      correct: expect.stringContaining('nothing has been changed'),
      discard: true,
    });
    expect(choicesFor({ ...letter, examined: passes }, '{"x":1}', passes)).toEqual({
      retry: true,
      correct: true,
      discard: true,
    });
  });

  it('waits for what is said of the text in the editor', () => {
    expect(choicesFor(letter, '{"x":1}', null).correct).toBe('it is being checked');
    expect(choicesFor(letter, '{"x":1}', fails).correct).toContain('breaks rules');
    expect(choicesFor(letter, ' ', passes).correct).toContain('nothing');
  });

  it('is nothing for one that is an event, and driving again for one that was given up', () => {
    expect(Object.values(choicesFor({ ...letter, status: 'corrected' }, '{}', passes))).not.toContain(true);
    const discarded = choicesFor({ ...letter, status: 'discarded', examined: passes }, '{"x":1}', passes);
    expect(discarded).toMatchObject({ retry: true, correct: true, discard: expect.any(String) });
  });

  it('is no retry where what came is no text', () => {
    expect(choicesFor({ ...letter, payload: null }, '', null).retry).toContain('no text');
  });
});

describe('what was done', () => {
  const done = { seq: 12, repeat: false, refused: null } as const;

  it('is told, a repeat and a refusal too', () => {
    expect(saySettled({ ...done, action: 'corrected' })).toBe('It is event 12 now, corrected.');
    expect(saySettled({ ...done, action: 'retried', repeat: true })).toContain('nothing was stored twice');
    expect(saySettled({ ...done, action: 'discarded', seq: null })).toBe('It is given up, and kept.');
    const refused = { dead_letter: 9, issues: [] };
    expect(saySettled({ ...done, action: 'retried', refused })).toBe(
      'The bus has refused it again. It is dead letter 9 now.',
    );
  });

  it('says what to do about what is lost', () => {
    expect(remedyForLost([])).toBeNull();
    expect(remedyForLost(['the value of data.password was removed and is kept nowhere'])).toContain(
      'never written',
    );
    expect(remedyForLost(['only its first 8388608 bytes were kept'])).toContain('publisher');
  });
});
