import { describe, expect, it } from 'vitest';
import { RuleFileError, readRuleFile, readRules } from '../src/rule-file.js';

const rule = 'rules: [{ name: a, when: { event: t } }]';
const env = { HOOK: 'https://example.com/s3cret' };

function problems(channels: string, rules = rule): string {
  try {
    readRuleFile(`${rules}\nchannels: [${channels}]`, 'alerts.yaml', env);
    return 'nothing';
  } catch (error) {
    return error instanceof RuleFileError ? error.message : String(error);
  }
}

describe('the channels of a rule file', () => {
  it('have every default filled in, and what is secret from the environment', () => {
    const text = `${rule}\nchannels: [{ name: desk, kind: slack, url: "\${HOOK}" }]`;
    expect(readRuleFile(text, 'alerts.yaml', env).channels).toEqual([
      {
        name: 'desk',
        kind: 'slack',
        severity: 'info',
        resolved: true,
        group: { by: 'rule', wait_s: 5 },
        url: env.HOOK,
      },
    ]);
    expect(readRules(text, 'alerts.yaml'), 'rules alone need no environment').toHaveLength(1);
  });

  it('are none where the file names none, and heard of by the rules that name them', () => {
    expect(readRuleFile(rule, 'alerts.yaml', {}).channels).toEqual([]);
    const text = `rules: [{ name: a, when: { event: t }, notify: [x] }]\nchannels: [{ name: x, kind: log }]`;
    expect(readRuleFile(text, 'alerts.yaml', {}).rules[0]!.notify).toEqual(['x']);
  });

  it.each([
    [
      'a variable that is not set',
      `{ name: x, kind: slack, url: "\${NOT_SET}" }`,
      'NOT_SET in the environment',
    ],
    ['an unknown kind', '{ name: x, kind: pigeon }', '"webhook"'],
    ['a field of another kind', '{ name: x, kind: log, url: "https://x" }', 'channels[0]'],
    ['no address', '{ name: x, kind: webhook, url: "ftp://x" }', 'https:// or http://'],
    ['two of a name', '{ name: x, kind: log }, { name: x, kind: log }', 'a name of its own'],
    ['an unknown grouping', '{ name: x, kind: log, group: { by: mood } }', 'channels[0]'],
    ['no program', '{ name: x, kind: command, command: [] }', 'a program and its arguments'],
    ['no address to write to', '{ name: x, kind: email, host: h, from: a@b, to: nobody }', 'channels[0]'],
  ])('with %s are refused, and say where', (_what, channels, expected) => {
    expect(problems(channels)).toContain(expected);
  });

  it('that a rule names and the file does not have are refused', () => {
    const rules = 'rules: [{ name: a, when: { event: t }, notify: [desk] }]';
    expect(problems('{ name: x, kind: log }', rules)).toContain('rules[0] (a).notify');
  });

  it('keep what is secret out of what is said about them', () => {
    expect(problems('{ name: x, kind: webhook, url: "s3cret-not-an-address" }')).not.toContain('s3cret');
  });
});
