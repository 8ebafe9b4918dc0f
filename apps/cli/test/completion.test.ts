import { execFile, execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { answerCompletion } from '../src/completion/answer.js';
import { makeFolder } from './support/files.js';
import { isBuilt } from './support/processes.js';

const run = promisify(execFile);
const cli = fileURLToPath(new URL('../dist/bitten.js', import.meta.url));

/** The words offered for a line, the last of them being typed. */
async function offered(...words: string[]): Promise<{ words: string[]; files: boolean }> {
  const lines = (await answerCompletion(words, '1.0.0')).trimEnd().split('\n');
  const directive = lines.pop();
  return { words: lines.map((line) => line.split('\t')[0]!), files: directive === ':0' };
}

describe('what may stand next', () => {
  it('is a command', async () => {
    expect((await offered('ta')).words).toEqual(['tail']);
    expect((await offered('')).words).toEqual(expect.arrayContaining(['publish', 'doctor', 'config']));
    expect((await offered('cursors', '')).words).toEqual(['list', 'reset', 'delete']);
    expect((await offered('cursors', 're')).words).toEqual(['reset']);
  });

  it('is an option of the command, or a flag of the program, which may stand anywhere', async () => {
    expect((await offered('tail', '--ty')).words).toEqual(['--type']);
    expect((await offered('tail', '--data')).words).toEqual(['--data-dir']);
    expect((await offered('--bus-port', '7000', 'ta')).words).toEqual(['tail']);
    expect((await offered('tail', '-')).words).toContain('--last');
  });

  it('is a value, also within a list and behind an equals sign', async () => {
    expect((await offered('tail', '--type', 'ma')).words).toEqual(['market_data']);
    expect((await offered('tail', '--type=ma')).words).toEqual(['market_data']);
    expect((await offered('tail', '--type', 'ping,ma')).words).toEqual(['ping,market_data']);
    expect((await offered('publish', 'trade_e')).words).toEqual(['trade_executed']);
    expect((await offered('import', '--format', 'b')).words).toEqual(['bars']);
    expect((await offered('config', 'show', 'c')).words).toEqual(['collector', 'cli']);
    expect((await offered('completion', '')).words).toEqual(['bash', 'zsh', 'fish']);
  });

  it('is a file where one belongs, and none elsewhere', async () => {
    expect(await offered('import', '')).toEqual({ words: [], files: true });
    expect((await offered('tail', '--config', '')).files).toBe(true);
    expect((await offered('prove', '--dir', '')).files).toBe(true);
    expect((await offered('tail', '--type', 'x')).files).toBe(false);
    expect((await offered('tail', '')).files).toBe(false);
  });

  it('is a cursor that the bus has written down', async () => {
    const dataDir = makeFolder();
    mkdirSync(join(dataDir, 'log'));
    const cursors = [{ name: 'my-tracker', log: 'events', next: 4 }];
    writeFileSync(join(dataDir, 'log', 'cursors.json'), JSON.stringify({ cursors }));
    process.env.BITTEN_DATA_DIR = dataDir;
    try {
      expect((await offered('cursors', 'reset', '')).words).toEqual(['my-tracker']);
    } finally {
      delete process.env.BITTEN_DATA_DIR;
    }
  });

  it('is nothing where nothing is known, and never a failure', async () => {
    expect((await offered('tail', '--last', '')).words).toEqual([]);
    expect((await offered('frob', '--nothing', 'x')).words).toEqual([]);
    expect((await offered()).words).toContain('tail');
  });
});

/** A folder with the command under its name, for a PATH. */
function folderWithCommand(): string {
  const folder = makeFolder();
  writeFileSync(join(folder, 'bitten'), `#!/bin/sh\nexec "${process.execPath}" "${cli}" "$@"\n`);
  chmodSync(join(folder, 'bitten'), 0o755);
  return folder;
}

function has(shell: string): boolean {
  try {
    execFileSync(shell, ['-c', 'true'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** The completions a bash offers for a line as readline splits it; what it wrote to standard error is told too. */
async function inBash(words: readonly string[], before = ''): Promise<{ replies: string[]; stderr: string }> {
  const quoted = words.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(' ');
  const script = `${before}
source <(bitten completion bash)
source <(bitten completion bash)
COMP_WORDS=(${quoted}); COMP_CWORD=${words.length - 1}
_bitten_complete
printf '%s\\n' "\${COMPREPLY[@]}"
complete -p bitten >&2`;
  const env = { PATH: `${folderWithCommand()}${delimiter}${process.env.PATH}`, HOME: makeFolder() };
  const { stdout, stderr } = await run('bash', ['--norc', '--noprofile', '-c', script], { env });
  return { replies: stdout.split('\n').filter((line) => line !== ''), stderr };
}

describe.skipIf(!isBuilt || !has('bash'))('bash', () => {
  it('completes commands, options and values, registered by its own function, read twice without complaint', async () => {
    const { replies, stderr } = await inBash(['bitten', 'ta']);
    expect(replies).toEqual(['tail']);
    expect(stderr).toBe('complete -o bashdefault -o default -F _bitten_complete bitten\n');
    expect((await inBash(['bitten', 'tail', '--ty'])).replies).toEqual(['--type']);
  });

  it('completes a value behind an equals sign, which readline makes a word of its own', async () => {
    expect((await inBash(['bitten', 'tail', '--type', '=', 'ma'])).replies).toEqual(['market_data']);
    expect((await inBash(['bitten', 'import', '--format', '='])).replies).toContain('ticks');
  });

  it('does not run what stands on the line', async () => {
    const trace = join(makeFolder(), 'trace');
    const line = ['bitten', 'publish', 'market_data', `$(touch ${trace})`, '; touch', trace, '--so'];
    expect((await inBash(line)).replies).toEqual(['--source']);
    expect(existsSync(trace)).toBe(false);
  });
});

// Where they are not installed this says so, and the scripts are only looked at.
describe.each(['zsh', 'fish'])('%s', (shell) => {
  it.skipIf(!isBuilt)('gets a script that asks bitten', async () => {
    const { stdout } = await run(process.execPath, [cli, 'completion', shell]);
    expect(stdout).toContain('bitten complete -- ');
  });

  it.skipIf(!isBuilt || !has(shell))('finds no fault in it', async () => {
    const file = join(makeFolder(), 'script');
    writeFileSync(file, (await run(process.execPath, [cli, 'completion', shell])).stdout);
    await run(shell, ['-n', file]);
  });

  it.skipIf(!isBuilt || shell !== 'fish' || !has('fish'))('completes', async () => {
    const env = { PATH: `${folderWithCommand()}${delimiter}${process.env.PATH}`, HOME: makeFolder() };
    const line = 'bitten completion fish | source; complete -C "bitten ta"';
    expect((await run('fish', ['--no-config', '-c', line], { env })).stdout).toContain('tail');
  });
});
