import { defineSettings, sharedSettings } from '@bitten/runtime';
import * as v from 'valibot';

const { dataDir, host, pubPort, pullPort, busPort, httpPort, curve, keysDir, keyFile, logLevel, logFormat } =
  sharedSettings;

export const devSettings = defineSettings({
  dataDir,
  host,
  pubPort,
  pullPort,
  busPort,
  httpPort,
  curve,
  keysDir,
  keyFile,
  logLevel,
  logFormat,
  demo: {
    env: 'BITTEN_DEMO',
    flag: '--demo',
    schema: v.boolean(),
    default: false,
    description: 'a simulated market publishes ticks, signals, fires, trades and outcomes',
  },
  rate: {
    env: 'BITTEN_DEMO_RATE',
    flag: '--rate',
    schema: v.pipe(v.number(), v.minValue(0.1), v.maxValue(50_000)),
    default: 20,
    description: 'events a second of the simulated market',
  },
  seed: {
    env: 'BITTEN_DEMO_SEED',
    flag: '--seed',
    schema: v.string(),
    default: 'demo',
    description: 'seed of the simulated market: the same one gives the same prices',
  },
});
