import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { starterRules } from '@bitten/alerts';
import { root, type System } from '@bitten/proof';

const isReady = ({ msg }: { msg?: string }) => msg === 'ready';
const app = (name: string) => join(root, `apps/${name}/dist/index.js`);

/** The dashboard and the alerts beside a system; where the pages are, and the token that may change things. */
export async function serveDashboard(system: System): Promise<{ origin: string; token: string }> {
  const rules = join(system.workDir, 'alerts.yaml');
  const channels = `channels:
  - { name: desk, kind: log, file: ${JSON.stringify(join(system.workDir, 'alerts.log'))}, severity: warning, group: { wait: 0s } }
  - { name: on-call, kind: command, command: [${JSON.stringify(process.execPath)}, -e, ''], severity: critical, group: { wait: 0s } }
`;
  writeFileSync(rules, `${channels}${starterRules()}${ownRules}`);
  const alerts = system.run('alerts', app('alerts'), { env: { BITTEN_ALERT_RULES: rules } });
  await alerts.logged('ready', isReady);
  const dashboard = system.run('dashboard', app('dashboard'), { env: { BITTEN_HTTP_PORT: '0' } });
  const { http } = await dashboard.logged('ready', isReady);
  return {
    origin: `http://127.0.0.1:${String(http)}`,
    token: readFileSync(join(system.dataDir, 'dashboard-token'), 'utf8').trim(),
  };
}

/** Something that a lively market sets off within a minute. */
const ownRules = `
  - name: sure-signal
    description: A signal that is as sure as signals get.
    severity: info
    when: { event: signal_generated, where: data.confidence > 90 }
    per: data.symbol
    cooldown: 1min
    message: "{{data.pattern_type}} on {{key}} at {{data.confidence}} %"
`;
