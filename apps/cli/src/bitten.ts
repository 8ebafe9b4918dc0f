#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { codeOfCommander, commands, makeProgram } from './program.js';

const argv = process.argv.slice(2);
// `pnpm bitten -- tail` hands the separator through.
if (argv[0] === '--') argv.shift();
// Who types the name alone wants to know what there is.
if (argv.length === 0) argv.push('--help');

// A word that is the name of a command may also be the value of an option: then one module more is loaded, and
// commander decides which it is.
const names = Object.keys(commands).filter((name) => argv.includes(name));

if (argv[0] === 'complete' && argv[1] === '--') {
  // A shell asks what may stand next; no command of its own, for it is none for people.
  const { answerCompletion } = await import('./completion/answer.js');
  process.stdout.write(await answerCompletion(argv.slice(2), readVersion()));
} else if (names.length === 0) {
  process.exitCode = await showHelp();
} else {
  const { runCommand } = await import('@bitten/runtime');
  const deadlines = names.map((name) => commands[name]?.stop_deadline_ms ?? 0).filter((ms) => ms > 0);
  const stop_deadline_ms = deadlines.length === 0 ? undefined : Math.max(...deadlines);
  await runCommand({ name: 'bitten', run, ...(stop_deadline_ms === undefined ? {} : { stop_deadline_ms }) });
}

/** The way of `bitten --help`, `--version` and of a word that is no command: nothing is loaded for it. */
async function showHelp(): Promise<number> {
  const context = { signal: new AbortController().signal, exitWith: () => {} };
  const program = await makeProgram(names, { version: readVersion(), context });
  try {
    await program.parseAsync(argv, { from: 'user' });
    return 0;
  } catch (error) {
    const code = codeOfCommander(error);
    if (code === undefined) throw error;
    return code;
  }
}

async function run(signal: AbortSignal): Promise<number> {
  let exitCode = 0;
  const exitWith = (code: number) => {
    exitCode = code;
  };
  const program = await makeProgram(names, { version: readVersion(), context: { signal, exitWith } });
  try {
    await program.parseAsync(argv, { from: 'user' });
  } catch (error) {
    const code = codeOfCommander(error);
    if (code === undefined) throw error;
    return code;
  }
  return exitCode;
}

function readVersion(): string {
  const manifest = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  return (JSON.parse(manifest) as { version: string }).version;
}
