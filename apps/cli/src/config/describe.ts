import type { FileInspection, InspectedSetting, SettingsInspection } from '@bitten/runtime';
import { renderTable } from '../show/table.js';
import { type Colors, harmless } from '../show/terminal.js';
import type { ConfigInspection } from './inspect.js';

export interface Look {
  colors: Colors;
  width: number;
}

/** The settings of each app as a table, what is wrong in its place. */
export function describeConfig({ apps, unknown }: ConfigInspection, look: Look): string {
  const file = apps[0]?.file;
  const parts = file === undefined ? [] : [describeFile(file)];
  for (const app of apps) parts.push(describeApp(app, look));
  for (const { app, why, remedy } of unknown) {
    parts.push(`${look.colors.bold(app)}\n${look.colors.red('  wrong')}  ${why}; ${remedy}`);
  }
  return `${parts.join('\n\n')}\n`;
}

/** `settings file  /srv/bitten.yaml (BITTEN_CONFIG)`. */
export function describeFile({ path, namedBy, lookedFor }: FileInspection): string {
  if (path === null) return `settings file  none; looked for ${harmless(lookedFor.join(' and '))}`;
  return `settings file  ${harmless(path)}${namedBy === null ? '' : ` (${namedBy})`}`;
}

function describeApp({ app, settings, problems }: SettingsInspection, { colors, width }: Look): string {
  const rows = settings.map((setting) => [setting.name, setting.text, sourceOf(setting)]);
  const head = ['setting', 'value', 'from'];
  const [title = '', ...lines] = renderTable({ head, rows, width, flexible: ['value', 'from'] }).split('\n');
  // Below its row, whole: on a narrow terminal a column would be cut where it matters.
  const withProblems = settings.flatMap(({ problem }, at) => [
    lines[at] ?? '',
    ...(problem === null
      ? []
      : [
          `  ${colors.red('wrong')}  expected ${problem.expected}, found ${problem.found}; ${problem.remedy}`,
        ]),
  ]);
  const others = problems.map(
    ({ where, expected, found, remedy }) =>
      `  ${colors.red('wrong')}  ${harmless(where)}: expected ${expected}, found ${found}; ${remedy}`,
  );
  return [colors.bold(app), title, ...withProblems, ...others].join('\n');
}

/** Where to change it: the flag, the variable, the line of the file, or that nobody has set it. */
function sourceOf({ source, where, line }: InspectedSetting): string {
  if (source !== 'file') return where;
  const [path, key] = splitPlace(where);
  return line === null ? where : `${path}:${line} (${key})`;
}

/** `/srv/bitten.yaml: bus.segmentBytes` in its two parts. */
function splitPlace(where: string): [path: string, key: string] {
  const at = where.lastIndexOf(': ');
  return [where.slice(0, at), where.slice(at + 2)];
}
