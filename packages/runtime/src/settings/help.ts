import type { Definition, Setting } from './declare.js';
import type { AppName } from './file.js';
import { type Environment, findPlace } from './place.js';
import { describeExpected, formatValue, isSwitch } from './values.js';

export interface HelpOptions {
  app: AppName;
  /** How the program is called: `bitten-bus`. */
  command: string;
  /** What it does, in a sentence. */
  summary: string;
  cwd: string;
  env: Environment;
}

/** The text of `--help`: an aligned table made from the declarations, with the defaults as they are here and now. */
export function helpText(definition: Definition, options: HelpOptions): string {
  const place = findPlace(options.cwd, options.env);
  const rows = Object.values<Setting>(definition).map((setting) => {
    const fallback: unknown =
      typeof setting.default === 'function' ? setting.default(place) : setting.default;
    return [
      isSwitch(setting) ? setting.flag : `${setting.flag} ${placeholder(setting)}`,
      setting.env,
      formatValue(setting, fallback),
      setting.description,
    ];
  });
  rows.push(
    ['--config FILE', 'BITTEN_CONFIG', 'bitten.yaml', 'settings file, here or at the root'],
    ['--help, -h', '', '', 'this text'],
    ['--version, -v', '', '', 'the version'],
  );
  return [
    options.summary,
    '',
    `Usage: ${options.command} [flags]`,
    '',
    ...alignTable([['Flag', 'Environment', 'Default', ''], ...rows]),
    '',
    'A flag wins over the environment, that over the settings file, that over the default.',
    `In the file, what apps share stands at the top and the rest under "${options.app}:".`,
    'Sizes may be written as 64MiB or 10GB, durations as 5ms, 30s, 10min, 12h or 7d.',
    '',
  ].join('\n');
}

/** Rows of cells as lines, each column as wide as its widest cell. */
export function alignTable(rows: ReadonlyArray<readonly string[]>): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

function placeholder(setting: Setting): string {
  if (setting.path) return 'PATH';
  if (setting.unit === 'bytes') return 'SIZE';
  if (setting.unit === 'milliseconds' || setting.unit === 'seconds') return 'DURATION';
  const expected = describeExpected(setting);
  if (expected.startsWith('one of ')) return expected.slice(7).replaceAll(', ', '|');
  return expected.includes('number') ? 'N' : 'TEXT';
}
