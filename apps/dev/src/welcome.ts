import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { SettingValues } from '@bitten/runtime';
import pc from 'picocolors';
import type { devSettings } from './settings.js';

/** What the dashboard makes at its first start, in the data folder. */
const tokenFile = 'dashboard-token';

/**
 * With the token in its fragment, which a browser keeps to itself: who opens it may also change things. It is said to
 * somebody at a terminal, and not to a file that keeps the log.
 */
function dashboardAddress({ httpPort, dataDir }: SettingValues<typeof devSettings>): string {
  if (httpPort === 0) return 'see the line of the dashboard above that says ready';
  if (!process.stderr.isTTY)
    return `http://127.0.0.1:${httpPort} (the token is in ${tokenFile}, in the data folder)`;
  const token = readFileSync(join(dataDir, tokenFile), 'utf8').trim();
  return `http://127.0.0.1:${httpPort}/#token=${token}`;
}

/** What to do next, for somebody who sees this for the first time. */
export function welcome(settings: SettingValues<typeof devSettings>, metrics: readonly string[]): string {
  const here = process.env.INIT_CWD ?? process.cwd();
  const database = relative(here, join(settings.dataDir, 'bitten_events.db'));
  const publish = `pnpm bitten publish user_action '{"user_id":"me","action":"hello"}'`;
  const lines = [
    ['open in a browser', dashboardAddress(settings)],
    ['publish an event', publish],
    ['watch them live', 'pnpm bitten tail'],
    ['ask for them', 'pnpm bitten query --since 1h'],
    ['or by SQL', `sqlite3 ${database} 'SELECT * FROM event_stats'`],
    ...metrics.map((address, i) => [i === 0 ? 'metrics' : '', `curl ${address}`]),
  ];
  const width = Math.max(...lines.map(([label]) => label!.length));
  const rows = lines.map(([label, command]) => `    ${pc.dim(label!.padEnd(width))}   ${pc.cyan(command!)}`);
  const demo = settings.demo
    ? `a simulated market publishes ${settings.rate} events a second`
    : `nothing is published yet; ${pc.cyan('pnpm dev --demo')} lets a simulated market publish`;
  return [
    '',
    `  ${pc.bold('BITTEN Event Bus is running.')} ${pc.dim('In another terminal:')}`,
    '',
    ...rows,
    '',
    `  ${pc.dim(demo)}${pc.dim('. Ctrl-C ends everything.')}`,
    '',
  ].join('\n');
}
