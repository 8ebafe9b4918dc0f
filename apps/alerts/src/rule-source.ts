import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type ChannelRule, type RuleFile, RuleFileError, readRuleFile, starterRules } from '@bitten/alerts';
import { findRoot } from '@bitten/runtime';

export interface RuleSourceOptions {
  /** The file that was named; null for the usual one. */
  file: string | null;
  env: Readonly<Record<string, string | undefined>>;
}

const usualFile = 'alerts.yaml';

/** Where there is no file: what is alerted goes to the log, where it can be seen and from where it can be sent on. */
const ownLog: ChannelRule = {
  kind: 'log',
  name: 'log',
  severity: 'info',
  resolved: true,
  group: { by: 'none', wait_s: 0 },
  file: null,
};

/**
 * The rules there are, read from their file and read again when it changes.
 *
 * **Failure.** A file that is wrong keeps the rules that were in use; `problem` says what is wrong with it.
 */
export class RuleSource {
  /** Null for the starter rules. */
  readonly file: string | null;
  readonly #env: RuleSourceOptions['env'];
  #seen = '';
  #problem: string | null = null;

  constructor({ file, env }: RuleSourceOptions) {
    this.#env = env;
    const usual = [process.cwd(), findRoot(process.cwd())].map((folder) => join(folder, usualFile));
    this.file = file ?? usual.find((path) => existsSync(path)) ?? null;
  }

  /** What is wrong with the file as it is now; null where nothing is. */
  get problem(): string | null {
    return this.#problem;
  }

  /** Reads the rules. Throws `RuleFileError`, and what reading a file throws. */
  read(): RuleFile {
    if (this.file === null) return withChannel(readRuleFile(starterRules(), 'the starter rules', this.#env));
    this.#seen = markOf(this.file);
    return withChannel(readRuleFile(readFileSync(this.file, 'utf8'), this.file, this.#env));
  }

  /** The rules where the file has changed since it was read last, and is right; null otherwise. */
  readChanged(): RuleFile | null {
    if (this.file === null) return null;
    try {
      if (markOf(this.file) === this.#seen) return null;
      const rules = this.read();
      this.#problem = null;
      return rules;
    } catch (error) {
      // What is wrong with the text stays wrong until it changes; what keeps it from being read may pass by itself.
      if (!(error instanceof RuleFileError)) this.#seen = '';
      this.#problem = error instanceof Error ? error.message : String(error);
      return null;
    }
  }
}

function withChannel(rules: RuleFile): RuleFile {
  return rules.channels.length > 0 ? rules : { ...rules, channels: [ownLog] };
}

/** What changes with the file: editors put another one in its place. */
function markOf(file: string): string {
  const stats = statSync(file, { throwIfNoEntry: false });
  return stats === undefined ? 'gone' : `${stats.ino} ${stats.mtimeMs} ${stats.ctimeMs} ${stats.size}`;
}
