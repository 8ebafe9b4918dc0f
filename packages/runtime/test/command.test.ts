import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { buildProgram, Child, type Program } from './children.js';

let program: Program;
const children: Child[] = [];

beforeAll(async () => {
  program = await buildProgram('command-program.ts');
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});
afterAll(() => program.remove());

function run(scenario: string): Child {
  const child = new Child(program, { env: { SCENARIO: scenario } });
  children.push(child);
  return child;
}

describe('runCommand', () => {
  it.each([
    ['usage', 2, 'bitten tail: tail takes no argument; --help shows how it is called\n'],
    ['failure', 1, 'bitten tail: no bus answers; start it\n'],
    ['check', 3, ''],
  ])('ends a %s with %d', async (scenario, code, stderr) => {
    const command = run(scenario);
    expect((await command.exited).code).toBe(code);
    expect(command.stderr).toBe(stderr);
  });

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('lets a command tidy up on %s and exits %d', async (signal, code) => {
    const command = run('waits');
    await command.printed('waiting');
    command.kill(signal);
    expect((await command.exited).code).toBe(code);
    expect(command.stdout).toContain('tidied up');
  });

  it('has written everything before it exits', async () => {
    const command = run('large');
    expect((await command.exited).code).toBe(0);
    expect(command.stdout).toHaveLength(1_000_001);
  });

  it('ends quietly when its reader goes away', async () => {
    const command = run('endless');
    await command.printed('line');
    command.process.stdout?.destroy();
    expect(await command.exited).toEqual({ code: 0, signal: null });
    expect(command.stderr).toBe('');
  });
});
