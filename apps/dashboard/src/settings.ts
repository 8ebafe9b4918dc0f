import { defineSettings, sharedSettings } from '@bitten/runtime';

const { dataDir, host, busPort, keyFile, httpPort, logLevel, logFormat } = sharedSettings;

export const dashboardSettings = defineSettings({
  dataDir,
  host,
  busPort,
  keyFile,
  httpPort,
  logLevel,
  logFormat,
});
