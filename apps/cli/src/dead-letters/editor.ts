import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UsageError } from '@bitten/runtime';

/** A text in a file that only its owner may read, opened in the editor of the one at the terminal. */
export class EditedFile {
  readonly file: string;
  readonly #folder: string;

  constructor(name: string) {
    // The folder is 0700 by itself; the file is in nobody else's sight from the first byte on.
    this.#folder = mkdtempSync(join(tmpdir(), 'bitten-edit-'));
    this.file = join(this.#folder, name);
  }

  /** What stands in the file when the editor has ended. Throws `UsageError` where there is no editor, or it fails. */
  async edit(text: string): Promise<string> {
    writeFileSync(this.file, text, { mode: 0o600 });
    const editor = process.env.VISUAL || process.env.EDITOR || (process.stdin.isTTY ? 'vi' : '');
    const code = editor === '' ? 'nothing' : await runEditor(editor, this.file);
    if (code === 0) return readFileSync(this.file, 'utf8');
    this.remove();
    throw new UsageError(
      editor === '' ? 'there is no editor here' : `the editor ended with ${code}: ${editor}`,
      'name one in VISUAL or EDITOR; or change the payload by --set, --unset or --payload',
    );
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** Through the shell, as git does it: `EDITOR="code --wait"` names arguments too. */
function runEditor(editor: string, file: string): Promise<number | string> {
  return new Promise((resolve, reject) => {
    const child = spawn('sh', ['-c', `${editor} "$1"`, 'sh', file], { stdio: 'inherit' });
    child.once('error', reject);
    child.once('exit', (code, signal) => resolve(code ?? signal ?? 1));
  });
}
