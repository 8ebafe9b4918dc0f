import { join } from 'node:path';
import type { BridgeOptions } from '@bitten/bridge';
import { type Ports, startApp } from './app.js';
import type { Child } from './child.js';

export interface SystemOptions {
  /** An empty folder where it is missing; a log may be in it already. */
  dataDir?: string;
  /** Default true. */
  collector?: boolean;
}

interface StartOptions {
  dataDir: string;
  collector: boolean;
  /** Flags of node for an app, and where to report each process that is started. */
  nodeArgs: (name: string) => readonly string[];
  onStarted: (child: Child) => void;
}

/** A bus, and a collector beside it: the apps as shipped, on ports and a folder of their own. */
export class System {
  readonly dataDir: string;
  readonly collector: Child | undefined;
  readonly #o: StartOptions;
  #bus: Child;
  #ports: Ports;

  private constructor(options: StartOptions, bus: Child, ports: Ports, collector: Child | undefined) {
    this.#o = options;
    this.dataDir = options.dataDir;
    this.#bus = bus;
    this.#ports = ports;
    this.collector = collector;
  }

  static async start(options: StartOptions): Promise<System> {
    const { dataDir, nodeArgs, onStarted } = options;
    const anyPorts = { pub: 0, pull: 0, bus: 0 };
    const { app: bus, ports } = await startApp('bus', {
      dataDir,
      ports: anyPorts,
      nodeArgs: nodeArgs('bus'),
    });
    onStarted(bus);
    if (!options.collector) return new System(options, bus, ports, undefined);
    const { app } = await startApp('collector', { dataDir, ports, nodeArgs: nodeArgs('collector') });
    onStarted(app);
    return new System(options, bus, ports, app);
  }

  get bus(): Child {
    return this.#bus;
  }

  get port(): number {
    return this.#ports.bus;
  }

  /** The store's file. */
  get database(): string {
    return join(this.dataDir, 'bitten_events.db');
  }

  /** What a component of this system needs to find it. */
  get bridge(): BridgeOptions {
    return { port: this.port, spoolDir: join(this.dataDir, 'spool') };
  }

  /** Starts the bus again, on the same ports; it must have ended. */
  async restartBus(): Promise<void> {
    const { dataDir, nodeArgs, onStarted } = this.#o;
    const { app } = await startApp('bus', { dataDir, ports: this.#ports, nodeArgs: nodeArgs('bus') });
    onStarted(app);
    this.#bus = app;
  }

  /** The collector first, so that it may tell the bus where it stands. */
  async stop(): Promise<void> {
    await this.collector?.stop();
    await this.#bus.stop();
  }
}
