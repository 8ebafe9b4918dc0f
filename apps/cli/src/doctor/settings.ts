import { keysFolder } from '@bitten/runtime';
import type { ConfigInspection } from '../config/inspect.js';

/** The settings a doctor goes by: of each the value the app would use, for a wrong one the default. */
export interface DoctorSettings {
  dataDir: string;
  host: string;
  ports: { pub: number; pull: number; bus: number };
  /** Of the metrics; null where they are turned off. */
  httpPorts: { bus: number | null; collector: number | null };
  curve: boolean;
  keysDir: string;
  keyFile: string | null;
  /** Where the collector keeps the store. */
  storeFile: string | null;
  segmentBytes: number;
  timeout_ms: number;
}

/** What is wrong stands in the findings already; the other looks go on with what would have counted without it. */
export function settingsOf({ apps }: ConfigInspection): DoctorSettings {
  const values = (app: string) => apps.find((each) => each.app === app)?.values ?? {};
  const [bus, collector, cli] = [values('bus'), values('collector'), values('cli')];
  const dataDir = cli.dataDir as string;
  return {
    dataDir,
    host: cli.host as string,
    ports: {
      pub: (bus.pubPort ?? 5570) as number,
      pull: (bus.pullPort ?? 5571) as number,
      bus: cli.busPort as number,
    },
    httpPorts: {
      bus: (bus.httpPort ?? null) as number | null,
      collector: (collector.httpPort ?? null) as number | null,
    },
    curve: bus.curve === true,
    keysDir: keysFolder({ keysDir: (bus.keysDir ?? null) as string | null, dataDir }),
    keyFile: (cli.keyFile ?? null) as string | null,
    storeFile: (collector.database ?? null) as string | null,
    segmentBytes: (bus.segmentBytes ?? 64 * 1024 ** 2) as number,
    timeout_ms: cli.timeout as number,
  };
}
