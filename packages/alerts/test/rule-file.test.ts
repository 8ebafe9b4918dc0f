import { describe, expect, it } from 'vitest';
import { RuleFileError, readRules } from '../src/index.js';

function problems(yaml: string): string[] {
  try {
    readRules(yaml, 'rules.yaml');
  } catch (error) {
    if (!(error instanceof RuleFileError)) throw error;
    return error.problems.map(({ path, expected }) => `${path}: ${expected}`);
  }
  return [];
}

describe('a rule file', () => {
  it('is read with every default filled in', () => {
    expect(readRules('rules: [{ name: a, when: { absence_of: market_data, within: 10s } }]', 'f')).toEqual([
      {
        name: 'a',
        description: null,
        severity: 'warning',
        when: {
          kind: 'rate',
          types: ['market_data'],
          where: null,
          within_s: 10,
          keys: [],
          above: null,
          below: 1,
        },
        per: null,
        during: null,
        for_s: 0,
        cooldown_s: 0,
        message: null,
        notify: null,
      },
    ]);
  });

  it.each([
    ['no YAML', 'rules: [', 'the file: YAML'],
    ['no rules', 'rule: []', 'rules: a list of rules'],
    ['a rule without a name', 'rules: [{ when: { event: t } }]', 'rules[0].name: "name"'],
    [
      'a misspelt field',
      'rules: [{ name: a, when: { event: t }, cooldwn: 5s }]',
      'rules[0] (a).cooldwn: no such field',
    ],
    [
      'an unknown condition',
      'rules: [{ name: a, when: { evnt: t } }]',
      'rules[0] (a).when: one of event, rate_of',
    ],
    [
      'two conditions',
      'rules: [{ name: a, when: { event: t, rate_of: t } }]',
      'rules[0] (a).when: one of event',
    ],
    [
      'a duration without a unit',
      'rules: [{ name: a, when: { absence_of: t, within: "10" } }]',
      'a duration such as',
    ],
    [
      'a rate without a number',
      'rules: [{ name: a, when: { rate_of: t, within: 1s } }]',
      'either above or below',
    ],
    [
      'both',
      'rules: [{ name: a, when: { rate_of: t, within: 1s, above: 1, below: 9 } }]',
      'either above or below',
    ],
    [
      'a window missing',
      'rules: [{ name: a, when: { value_of: t, value: data.n, function: mean, above: 1 } }]',
      'within, unless',
    ],
    [
      'keys of nothing',
      'rules: [{ name: a, when: { absence_of: t, within: 1s, keys: [x] } }]',
      'per, which says',
    ],
    [
      'a bad expression',
      'rules: [{ name: a, when: { event: t, where: "data.x >" } }]',
      'rules[0] (a).when.where: an expression',
    ],
    [
      'an unknown name',
      'rules: [{ name: a, when: { event: t, where: "dat.x > 1" } }]',
      'rules[0] (a).when.where: an expression',
    ],
    [
      'a bad message',
      'rules: [{ name: a, when: { event: t }, message: "{{data.}}" }]',
      'rules[0] (a).message: an expression',
    ],
    [
      'an unknown zone',
      'rules: [{ name: a, when: { event: t }, during: { from: "08:00", to: "17:00", zone: Mars/X } }]',
      'a time zone',
    ],
    ['an unknown schedule', 'rules: [{ name: a, when: { event: t }, during: lunch }]', 'market_hours'],
    ['an unknown figure', 'rules: [{ name: a, when: { system: mood, above: 1 } }]', 'collector_lag_events'],
    [
      'two of a name',
      'rules: [{ name: a, when: { event: t } }, { name: a, when: { event: t } }]',
      'rules[1] (a).name: a name of its own',
    ],
  ])('with %s is refused, and says where', (_what, yaml, expected) => {
    expect(problems(yaml).join('\n')).toContain(expected);
  });

  it('is told everything that is wrong with it at once', () => {
    const yaml = 'rules: [{ name: A!, when: { event: t } }, { name: b, when: {}, severity: loud }]';
    expect(problems(yaml)).toHaveLength(3);
  });
});
