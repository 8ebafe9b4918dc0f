import { BittenError } from '@bitten/schema';

/** Where a value came from; earlier wins. */
export type SettingSource = 'flag' | 'environment' | 'file' | 'default';

/** One thing wrong with what was set. */
export interface SettingProblem {
  /** The name of the setting; undefined where there is no such setting. */
  setting: string | undefined;
  source: SettingSource;
  /** The place a person can find it at: `--pub-port`, `BITTEN_PUB_PORT`, `/etc/bitten.yaml: bus.segmentBytes`. */
  where: string;
  found: string;
  expected: string;
  remedy: string;
}

/** Of more than this the first ones are told: a file of something else has thousands. */
const shownMax = 50;

/** What was set is wrong. All problems are listed at once, so that nobody corrects them one start at a time. */
export class SettingsError extends BittenError {
  readonly problems: readonly SettingProblem[];

  constructor(problems: readonly SettingProblem[]) {
    const lines = problems.slice(0, shownMax).map(describeProblem);
    const more = problems.length - lines.length;
    if (more > 0) lines.push(`and ${more} more`);
    super(
      'bad_settings',
      lines.length === 1 ? lines[0]! : `${problems.length} problems:\n  ${lines.join('\n  ')}`,
      {
        ...(problems.length === 1 && {
          found: problems[0]!.found,
          expected: problems[0]!.expected,
          remedy: problems[0]!.remedy,
        }),
      },
    );
    this.problems = problems;
  }
}

function describeProblem({ where, found, expected, remedy }: SettingProblem): string {
  // A path is a file's name, which may hold anything; a terminal must not obey it.
  const place = where.replace(/[\p{Cc}\p{Cs}]/gu, '?');
  return `${place}: expected ${expected}, found ${found}; ${remedy}`;
}
