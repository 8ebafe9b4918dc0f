import { spawnSync } from 'node:child_process';
import { type Block, noteOf } from './blocks.js';
import { normalise, saysAsShown } from './normalise.js';
import type { Reader } from './reader.js';

interface Step {
  command: string;
  /** What the page shows below it; empty where it shows nothing. */
  shown: string;
}

/** Whether a block shows commands with what they say, or is a script. */
export function isConsole(text: string): boolean {
  return /^\$ /m.test(text);
}

/** Commands behind `$ `, one after the other; what the page shows below one has to come out of it. */
export async function runConsole(reader: Reader, block: Block): Promise<string[]> {
  const compared = {
    figuresVary: noteOf(block, 'figures vary') !== undefined,
    orderVaries: noteOf(block, 'order varies') !== undefined,
  };
  const wrong: string[] = [];
  for (const { command, shown } of stepsOf(block.text)) {
    await reader.settled();
    const { code, said } = await reader.sh(command);
    if (shown === '') {
      if (code !== 0) wrong.push(`$ ${command}\nended with ${code}, and said:\n${said}`);
    } else if (!saysAsShown({ shown, said }, compared)) {
      wrong.push(
        `$ ${command}\nthe page shows:\n${normalise(shown, compared)}\nit says:\n${normalise(said, compared)}`,
      );
    }
  }
  return wrong;
}

/** A script: every command of it has to succeed. Lines that begin with `cd` and go on are each typed at the root. */
export async function runScript(reader: Reader, block: Block): Promise<string[]> {
  await reader.settled();
  const script = block.text.replace(/^(cd \S+ && [^#\n]*)/gm, '( $1)');
  const { code, said } = await reader.sh(`set -euo pipefail\n${script}`);
  return code === 0 ? [] : [`ended with ${code}, and said:\n${said}`];
}

export function stepsOf(text: string): Step[] {
  const steps: { command: string; shown: string[] }[] = [];
  for (const line of text.split('\n')) {
    const last = steps.at(-1);
    if (line.startsWith('$ ')) steps.push({ command: line.slice(2), shown: [] });
    else if (last !== undefined && last.shown.length === 0 && !isWhole(last.command))
      last.command += `\n${line}`;
    else if (last !== undefined) last.shown.push(line);
  }
  return steps.map(({ command, shown }) => ({ command, shown: shown.join('\n').trimEnd() }));
}

/** Whether a shell would begin, or wait for another line: an open quote, a backslash at the end. */
function isWhole(command: string): boolean {
  const { status, stderr } = spawnSync('bash', ['-n', '-c', command], { encoding: 'utf8', timeout: 10_000 });
  return status === 0 && stderr === '' && !command.endsWith('\\');
}
