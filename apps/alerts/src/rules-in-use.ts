import { describeRule, type RuleFile } from '@bitten/alerts';
import type { AlertBook } from '@bitten/notify';
import type { Logger } from '@bitten/runtime';
import type { RuleSource } from './rule-source.js';

interface RulesInUseOptions {
  source: RuleSource;
  book: AlertBook;
  log: Logger;
  /** Other rules are in use from now on. */
  onChange: (rules: RuleFile) => void;
}

/** How often the rule file is looked at, and the book told that this process runs. */
const look_ms = 1_000;

/** The rules that are in use: those of the file, as soon as it has changed and is right. */
export class RulesInUse {
  readonly #o: RulesInUseOptions;
  readonly #timer: NodeJS.Timeout;
  #rules: RuleFile;

  /** Reads the file. Throws `RuleFileError`, and what reading a file throws. */
  constructor(options: RulesInUseOptions) {
    this.#o = options;
    this.#rules = options.source.read();
    this.#tell();
    this.#timer = setInterval(() => this.#look(), look_ms);
  }

  get now(): RuleFile {
    return this.#rules;
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    const { source, log, onChange } = this.#o;
    const before = source.problem;
    const changed = source.readChanged();
    if (source.problem !== null && source.problem !== before) {
      log.error({ problem: source.problem }, 'the rule file is wrong: the rules before it stay in use');
    }
    if (changed !== null) {
      this.#rules = changed;
      log.info(
        { rules: changed.rules.length, channels: changed.channels.length },
        'the rule file has changed',
      );
      onChange(changed);
    }
    this.#tell();
  }

  /** What others see: the rules, and that somebody holds events against them. */
  #tell(): void {
    const { rules, channels } = this.#rules;
    const { book, source, log } = this.#o;
    try {
      book.tellStatus({
        rules: rules.map((rule) => ({
          name: rule.name,
          description: rule.description,
          severity: rule.severity,
          condition: describeRule(rule),
          channels: rule.notify === null ? channels.map(({ name }) => name) : [...rule.notify],
        })),
        channels: channels.map(({ name, kind }) => ({ name, kind })),
        rules_problem: source.problem,
      });
    } catch (error) {
      log.warn({ err: error }, 'the book cannot be written');
    }
  }
}
