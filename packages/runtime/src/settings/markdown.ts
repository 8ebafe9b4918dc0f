import type { Definition, Setting } from './declare.js';
import type { AppName } from './file.js';
import { isShared } from './shared.js';
import { describeExpected, formatValue } from './values.js';

/** What one app declares. */
export interface DeclaredSettings {
  app: AppName;
  definition: Definition;
}

const head = ['Environment', 'Flag', '`bitten.yaml`', 'Read by', 'Default', 'A right value', 'Meaning'];

/**
 * The settings of some apps as one Markdown table, for the documentation. A setting that several apps read has one
 * row. Folders are written as they are below the root.
 */
export function settingsMarkdown(apps: readonly DeclaredSettings[]): string {
  const rows = new Map<string, { cells: (readBy: string) => string[]; readBy: AppName[] }>();
  for (const { app, definition } of apps) {
    for (const [name, setting] of Object.entries<Setting>(definition)) {
      const known = rows.get(setting.env);
      if (known !== undefined) known.readBy.push(app);
      else
        rows.set(setting.env, { cells: (readBy) => cellsOf({ name, setting, app, readBy }), readBy: [app] });
    }
  }
  const lines = [...rows.values()].map(({ cells, readBy }) => cells(readBy.join(', ')));
  return [head, head.map(() => '---'), ...lines].map(markdownRow).join('\n');
}

function cellsOf(from: { name: string; setting: Setting; app: AppName; readBy: string }): string[] {
  const { name, setting, app, readBy } = from;
  const place = { cwd: '.', root: '.' };
  const fallback: unknown = typeof setting.default === 'function' ? setting.default(place) : setting.default;
  const key = isShared(name, setting) ? name : `${app}.${name}`;
  return [
    `\`${setting.env}\``,
    `\`${setting.flag}\``,
    `\`${key}\``,
    readBy,
    `\`${formatValue(setting, fallback)}\``,
    describeExpected(setting),
    setting.description,
  ];
}

function markdownRow(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}
