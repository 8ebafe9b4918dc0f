import { spawnSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '@bitten/proof';
import { type Block, noteOf } from './blocks.js';
import { normalise } from './normalise.js';
import type { Reader } from './reader.js';

const tsc = join(root, 'node_modules/typescript/bin/tsc');

/** What a snippet may import, and where a reader would have got it from. */
const packages = {
  '@bitten/bridge': 'packages/bridge',
  '@bitten/schema': 'packages/schema',
  '@bitten/proof': 'packages/proof',
  '@bitten/replay': 'packages/replay',
  '@bitten/dead-letters': 'packages/dead-letters',
  valibot: 'packages/schema/node_modules/valibot',
  '@types/node': 'node_modules/@types/node',
} as const;

/** What each snippet is made to say in its last line. */
const atItsEnd = '(the snippet is at its end)';

const compilerOptions = {
  target: 'ES2023',
  module: 'NodeNext',
  moduleResolution: 'NodeNext',
  types: ['node'],
  strict: true,
  exactOptionalPropertyTypes: true,
  skipLibCheck: true,
  rootDir: '.',
  outDir: 'out',
};

/** The TypeScript of one page, as a project of its own beside the checkout, compiled in one go. */
export class Snippets {
  readonly #folder: string;
  /** What the compiler found wrong, by block. */
  readonly #wrong = new Map<Block, string[]>();

  constructor(reader: Reader, blocks: readonly Block[]) {
    this.#folder = join(reader.folder, '..', 'snippets');
    mkdirSync(this.#folder);
    for (const [name, source] of Object.entries(packages)) {
      const target = join(this.#folder, 'node_modules', name);
      mkdirSync(join(target, '..'), { recursive: true });
      symlinkSync(join(root, source), target);
    }
    writeFileSync(join(this.#folder, 'package.json'), JSON.stringify({ type: 'module' }));
    writeFileSync(
      join(this.#folder, 'tsconfig.json'),
      JSON.stringify({ compilerOptions, include: ['*.ts'] }),
    );
    for (const block of blocks) writeFileSync(join(this.#folder, `${nameOf(block)}.ts`), sourceOf(block));
    if (blocks.length > 0) this.#compile(blocks);
  }

  /** What is wrong with its types. */
  mistyped(block: Block): string[] {
    return this.#wrong.get(block) ?? [];
  }

  /** Runs it to its end; what it does not say of what its comments say it says. */
  async run(reader: Reader, block: Block): Promise<string[]> {
    await reader.settled();
    const file = join('out', `${nameOf(block)}.js`);
    // A component that listens until Ctrl-C is ended so, as soon as it listens.
    const interrupt = block.text.includes("'SIGINT'") ? { interruptAt: atItsEnd } : {};
    const { code, said } = await reader.run(process.execPath, [file], { cwd: this.#folder, ...interrupt });
    if (code !== 0) return [`ended with ${code}, and said:\n${said}`];
    const compared = normalise(said, { figuresVary: true });
    return saidIn(block.text)
      .filter((words) => !compared.includes(normalise(words, { figuresVary: true })))
      .map((words) => `does not say: ${words}\nit says:\n${said}`);
  }

  #compile(blocks: readonly Block[]): void {
    const { stdout } = spawnSync(process.execPath, [tsc, '-p', 'tsconfig.json', '--pretty', 'false'], {
      cwd: this.#folder,
      encoding: 'utf8',
      timeout: 60_000,
    });
    for (const block of blocks) {
      const own = stdout.split('\n').filter((line) => line.startsWith(`${nameOf(block)}.ts`));
      if (own.length > 0) this.#wrong.set(block, own);
    }
    const others = stdout
      .split('\n')
      .filter((line) => /^\S.*error TS/.test(line) && !/^block-\d+\.ts/.test(line));
    if (others.length > 0) throw new Error(others.join('\n'));
  }
}

/** What `console.log(…); // TEXT` says that it says, up to an ellipsis. */
export function saidIn(source: string): string[] {
  const told = [...source.matchAll(/console\.log\(.*\);? \/\/ (.+)$/gm)];
  return told.map(([, words]) => words!.split('…')[0]!.trim()).filter((words) => words !== '');
}

/** A module: with what was given before it, and with no name of its own in everybody's scope. */
function sourceOf(block: Block): string {
  const given = noteOf(block, 'given');
  const before = given?.about === 'ts' ? given.body : '';
  return `${before}${block.text}\nconsole.log('${atItsEnd}');\nexport {};\n`;
}

function nameOf({ line }: Block): string {
  return `block-${line}`;
}
