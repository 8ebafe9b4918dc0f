// Writes the table of all settings into docs/OPERATING.md, from the declarations of the built apps.
//
//   node scripts/settings-table.mjs            writes it
//   node scripts/settings-table.mjs --check    exits with 1 where the page differs from what would be written
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { alertsSettings } from '../apps/alerts/dist/settings.js';
import { busSettings } from '../apps/bus/dist/settings.js';
import { collectorSettings } from '../apps/collector/dist/settings.js';
import { dashboardSettings } from '../apps/dashboard/dist/settings.js';
import { settingsMarkdown } from '../packages/runtime/dist/index.js';

const page = fileURLToPath(new URL('../docs/OPERATING.md', import.meta.url));
const [begin, end] = ['<!-- settings: written by `pnpm settings-table` -->', '<!-- /settings -->'];

const text = readFileSync(page, 'utf8');
const [from, to] = [text.indexOf(begin), text.indexOf(end)];
if (from === -1 || to < from) throw new Error(`${page} has no lines "${begin}" and "${end}"`);
const table = settingsMarkdown([
  { app: 'bus', definition: busSettings },
  { app: 'collector', definition: collectorSettings },
  { app: 'alerts', definition: alertsSettings },
  { app: 'dashboard', definition: dashboardSettings },
]);
const wanted = `${text.slice(0, from)}${begin}\n${table}\n${text.slice(to)}`;

if (process.argv.includes('--check')) {
  if (wanted !== text) {
    console.error('docs/OPERATING.md: the settings are not those the apps declare; run pnpm settings-table');
    process.exitCode = 1;
  }
} else if (wanted !== text) {
  writeFileSync(page, wanted);
}
