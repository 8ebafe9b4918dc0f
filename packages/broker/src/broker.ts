import { BusServer, Ingress, LiveFeed } from '@bitten/transport';
import { Engine, type EngineOptions, type Notices } from './engine.js';
import { Heartbeat } from './heartbeat.js';

export interface BrokerOptions
  extends Pick<
    EngineOptions,
    'dataDir' | 'segmentBytesMax' | 'retention' | 'retention_ms' | 'version' | 'io' | 'catalogue'
  > {
  host: string;
  /** 0 lets the system choose; see `ports` after `start`. */
  ports: BrokerPorts;
  heartbeat_ms: number;
  notices: Notices;
  /** Unix seconds. */
  now?: () => number;
}

export interface BrokerPorts {
  /** The live feed. */
  pub: number;
  /** The door without receipts. */
  pull: number;
  /** The bus protocol. */
  bus: number;
}

/** The bus with its three sockets (docs/PROTOCOL.md) and its heartbeat. */
export class Broker {
  readonly #o: BrokerOptions;
  readonly #now: () => number;
  readonly #feed: LiveFeed;
  readonly #ingress: Ingress;
  readonly #server: BusServer;
  #engine: Engine | undefined;
  #heartbeat: Heartbeat | undefined;
  #stopped: Promise<void> | undefined;

  constructor(options: BrokerOptions) {
    this.#o = options;
    const { host, ports } = options;
    // The system's clock, which follows corrections and knows of suspended time; the log holds it monotonic.
    this.#now = options.now ?? (() => Date.now() / 1000);
    this.#feed = new LiveFeed({ host, port: ports.pub, portSetting: 'BITTEN_PUB_PORT' });
    this.#ingress = new Ingress({
      host,
      port: ports.pull,
      portSetting: 'BITTEN_PULL_PORT',
      onEvent: (frame) => this.#engine?.accept([frame]),
      onMisframed: (frames) => this.#engine?.accept(frames),
    });
    this.#server = new BusServer({
      host,
      port: ports.bus,
      portSetting: 'BITTEN_BUS_PORT',
      handle: (request, _peer, respond) => this.#engine?.service.handle(request, respond),
      onError: options.notices.problem,
    });
  }

  /** The ports in use, also where the system chose them. */
  get ports(): BrokerPorts {
    return {
      pub: portOf(this.#feed.endpoint),
      pull: portOf(this.#ingress.endpoint),
      bus: portOf(this.#server.endpoint),
    };
  }

  /**
   * Opens the log, then the doors: nobody is served before what was acknowledged earlier is there again.
   * Throws `PortInUseError`, `BindError`, and what `openLog` throws; nothing is left open then.
   */
  async start(): Promise<void> {
    try {
      this.#engine = new Engine({
        ...this.#o,
        feed: this.#feed,
        clients: () => this.#server.clients().length,
        now: this.#now,
      });
      await this.#feed.bind();
      await this.#ingress.bind();
      await this.#server.bind();
    } catch (error) {
      await this.#close();
      throw error;
    }
    this.#heartbeat = this.#startHeartbeat(this.#engine);
  }

  /**
   * Closes the doors, commits what has come in, and closes the log. Who asks for something meanwhile is told to
   * try again later.
   */
  stop(): Promise<void> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  async #stop(): Promise<void> {
    await this.#ingress.close();
    this.#heartbeat?.stop();
    await this.#close();
  }

  async #close(): Promise<void> {
    // Who asks from here on finds nobody: what is not acknowledged by now is sent again, to the next bus.
    const engine = this.#engine;
    this.#engine = undefined;
    await engine?.close();
    await this.#ingress.close();
    // The feed last: what it was given a moment ago is then on its way, and it waits for nothing by itself.
    await this.#server.close();
    await this.#feed.close();
  }

  #startHeartbeat(engine: Engine): Heartbeat {
    const heartbeat = new Heartbeat({
      interval_ms: this.#o.heartbeat_ms,
      now: this.#now,
      facts: () => ({
        uptime: this.#now() - engine.startedAt,
        events_published: engine.counters.appended,
        events_received: engine.counters.received,
        pub_port: this.ports.pub,
        pull_port: this.ports.pull,
      }),
      emit: (text, type) => engine.emit(text, type),
    });
    heartbeat.start();
    return heartbeat;
  }
}

/** The port of `tcp://host:port`. */
function portOf(endpoint: string): number {
  return Number(endpoint.slice(endpoint.lastIndexOf(':') + 1));
}
