import { defineSettings, healthPorts, sharedSettings } from '@bitten/runtime';
import * as v from 'valibot';

const { dataDir, host, busPort, keyFile, logLevel, logFormat } = sharedSettings;

export const alertsSettings = defineSettings({
  dataDir,
  host,
  busPort,
  keyFile,
  logLevel,
  logFormat,
  httpPort: healthPorts.alerts,
  rules: {
    env: 'BITTEN_ALERT_RULES',
    flag: '--rules',
    schema: v.nullable(v.pipe(v.string(), v.minLength(1))),
    default: null,
    path: true,
    description: 'the rule file; none is alerts.yaml here or at the root, else the starter rules',
  },
  dashboardUrl: {
    env: 'BITTEN_DASHBOARD_URL',
    flag: '--dashboard-url',
    schema: v.pipe(v.string(), v.url()),
    default: 'http://127.0.0.1:5580',
    description: 'what the links in notifications begin with',
  },
});
