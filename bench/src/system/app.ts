import { Child } from './child.js';
import { apps } from './places.js';

export interface Ports {
  pub: number;
  pull: number;
  bus: number;
}

/** Not part of what is measured; a number of one's own, such as 0, shows what it costs. */
const healthPort = process.env.BITTEN_BENCH_HTTP_PORT ?? 'none';

interface AppOptions {
  dataDir: string;
  /** 0 lets the system choose. */
  ports: Ports;
  nodeArgs: readonly string[];
}

/** The line of its log with which an app says that it is ready; the bus names its ports in it. */
interface ReadyLine extends Partial<Ports> {
  msg: 'ready';
}

/** Starts `apps/bus` or `apps/collector` as it is shipped, and waits until it is ready. */
export async function startApp(
  name: 'bus' | 'collector',
  { dataDir, ports, nodeArgs }: AppOptions,
): Promise<{ app: Child; ports: Ports }> {
  let hear!: (line: ReadyLine) => void;
  const readyLine = new Promise<ReadyLine>((resolve) => {
    hear = resolve;
  });
  const app = new Child({
    name,
    script: apps[name],
    cwd: dataDir,
    env: {
      BITTEN_DATA_DIR: dataDir,
      BITTEN_PUB_PORT: String(ports.pub),
      BITTEN_PULL_PORT: String(ports.pull),
      BITTEN_BUS_PORT: String(ports.bus),
      BITTEN_BUS_HTTP_PORT: healthPort,
      BITTEN_COLLECTOR_HTTP_PORT: healthPort,
      BITTEN_LOG_FORMAT: 'json',
    },
    nodeArgs,
    onLine: (text) => {
      const line = parseLine(text);
      if (line?.msg === 'ready') hear(line as ReadyLine);
    },
  });
  await app.ready();
  const { pub = ports.pub, pull = ports.pull, bus = ports.bus } = await readyLine;
  return { app, ports: { pub, pull, bus } };
}

function parseLine(text: string): { msg?: unknown } | undefined {
  try {
    return JSON.parse(text) as { msg?: unknown };
  } catch {
    return undefined;
  }
}
