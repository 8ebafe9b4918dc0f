import { runApp, versionOf } from '@bitten/runtime';
import { startDashboard } from './dashboard.js';
import type { DashboardServer } from './http/server.js';
import { tokenFile } from './http/token.js';
import { dashboardSettings } from './settings.js';

const version = versionOf(import.meta.url);
let server: DashboardServer;

await runApp({
  name: 'dashboard',
  summary: 'Serves the pages people look at, on this machine alone.',
  version,
  settings: dashboardSettings,
  // The token itself stays in its file: logs are read by more people than may change things.
  describe: () => ({ http: server.port, token: tokenFile }),
  start: async (app) => {
    server = await startDashboard({ ...app, version, dist: new URL('./', import.meta.url) });
  },
});
