import { healthPorts, inspectSettings } from '@bitten/runtime';

/** Where the apps serve their metrics, as they find it in this environment and the settings file. */
export function metricsAddresses(env: NodeJS.ProcessEnv): string[] {
  const ports = (['bus', 'collector', 'alerts'] as const).map((app) => {
    const place = { app, argv: [], env, cwd: process.cwd() };
    return inspectSettings({ httpPort: healthPorts[app] }, place).settings[0]?.value;
  });
  // The dashboard has none but its own; of a port that the system chooses only the app's own log tells.
  return [...ports, Number(env.BITTEN_HTTP_PORT)]
    .filter((port) => typeof port === 'number' && port > 0)
    .map(addressOf);
}

function addressOf(port: unknown): string {
  return `http://127.0.0.1:${port}/metrics`;
}
