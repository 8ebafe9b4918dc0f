import { describe, expect, test } from 'vitest';
import { noteOf, parseBlocks } from './blocks.js';
import { saysAsShown } from './normalise.js';
import { stepsOf } from './shell-blocks.js';
import { saidIn } from './snippets.js';

const page = `# A page

<!-- given lines.jsonl:
{"n":1}
-->
<!-- not run: it takes a reboot -->
\`\`\`sh
reboot
\`\`\`

- a list

  \`\`\`\`text
  \`\`\`
  \`\`\`\`
`;

describe('the blocks of a page', () => {
  test('are found where they stand, in lists too, with the comments above them', () => {
    const [first, second] = parseBlocks('page.md', page);
    expect(first).toMatchObject({ line: 7, language: 'sh', text: 'reboot\n' });
    expect(noteOf(first!, 'not run')?.about).toBe('it takes a reboot');
    expect(noteOf(first!, 'given')).toEqual({ word: 'given', about: 'lines.jsonl', body: '{"n":1}\n' });
    expect(second).toMatchObject({ line: 13, language: 'text', text: '```\n', notes: [] });
  });

  test('that have no end are no page', () => {
    expect(() => parseBlocks('page.md', '```sh\nls\n')).toThrow('page.md:1');
  });

  test('are cut into commands, with what stands below each', () => {
    expect(stepsOf('$ echo "a\nb"\na\nb\n$ true\n')).toEqual([
      { command: 'echo "a\nb"', shown: 'a\nb' },
      { command: 'true', shown: '' },
    ]);
  });

  test('of TypeScript say what their comments say', () => {
    expect(saidIn('console.log(seq, level); // 1 fsynced\nconsole.log(it); // …\nlet x; // 2\n')).toEqual([
      '1 fsynced',
    ]);
  });
});

describe('what a command says is as shown', () => {
  test.each([
    ['a seq, a duration, a size', 'seq 2 fsynced in 9 ms, 3 KiB', 'seq 17 fsynced in 0.4 s, 12 MiB'],
    ['times', '17:58:19.469 a 2026-03-02 09:00:01.500', '01:02:03.004 a 2027-01-01 00:00:00.001'],
    ['ids', 'log b770ab52-65d5-4fa4-b077-4c67a9161a51', 'log 0192f0aa-65d5-4fa4-b077-4c67a9161a51'],
    ['the width of a table', 'seq   type\n  2   x', 'seq  type\n  2  x'],
    ['what an ellipsis leaves out', 'a … c\n…\nz', 'a b c\nd\ne\nz'],
    ['nothing for an ellipsis', 'a\n…\nz', 'a\nz'],
  ])('where only %s is different', (_, shown, said) => {
    expect(saysAsShown({ shown, said })).toBe(true);
  });

  test.each([
    ['a word', 'seq 2 fsynced', 'seq 2 written'],
    ['a count', '4 lines read', '5 lines read'],
    ['a line too many', 'a', 'a\nb'],
    ['a line too few', 'a\nb', 'a'],
    ['another order', 'a\nb', 'b\na'],
  ])('and not where it is %s', (_, shown, said) => {
    expect(saysAsShown({ shown, said })).toBe(false);
  });

  test('figures and order count only where nobody says that they vary', () => {
    const pages = { shown: '4 a\n5 b', said: '7 b\n6 a' };
    expect(saysAsShown(pages, { figuresVary: true })).toBe(false);
    expect(saysAsShown(pages, { figuresVary: true, orderVaries: true })).toBe(true);
  });
});
