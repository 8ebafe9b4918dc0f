import {
  BusServer,
  type DoorName,
  type DoorStats,
  Ingress,
  LiveFeed,
  type RateLimits,
  type Refusal,
} from '@bitten/transport';
import { Doorkeeper } from './doorkeeper.js';
import { Engine, type EngineOptions, type Notices } from './engine.js';
import type { BusFacts } from './facts.js';
import { Heartbeat } from './heartbeat.js';

export interface BrokerOptions
  extends Pick<
    EngineOptions,
    'dataDir' | 'segmentBytesMax' | 'retention' | 'retention_ms' | 'version' | 'io' | 'catalogue' | 'noteHop'
  > {
  host: string;
  /** 0 lets the system choose; see `ports` after `start`. */
  ports: BrokerPorts;
  heartbeat_ms: number;
  notices: Notices & AccessNotices;
  access?: AccessOptions;
  /** Unix seconds. */
  now?: () => number;
}

/** Who may come in, and how much from each. */
export interface AccessOptions {
  /** The folder of keys: everybody then needs one that is on its list. Null or absent: whoever reaches `host`. */
  keysDir?: string | null;
  /** Of each of the three sockets; 1,000 by default. */
  connectionsMax?: number;
  /** What each client of the bus protocol may publish; no limits by default. */
  clientLimits?: RateLimits;
  /** What all publishers without receipts may publish together; no limits by default. */
  ingressLimits?: RateLimits;
}

/** What there is to say of who comes in. */
export interface AccessNotices {
  /** At most once in ten seconds for each reason. */
  refused?: (refusal: Refusal) => void;
  /** The list of keys that may come in has changed. */
  keys?: (count: number) => void;
  /** Everybody behind a door has been cut off, since one of them may not be there any more. */
  reopened?: (door: DoorName) => void;
}

export interface BrokerPorts {
  /** The live feed. */
  pub: number;
  /** The door without receipts. */
  pull: number;
  /** The bus protocol. */
  bus: number;
}

const connectionsMax_default = 1_000;

/** The bus with its three sockets (docs/PROTOCOL.md) and its heartbeat. */
export class Broker {
  readonly #o: BrokerOptions;
  readonly #now: () => number;
  readonly #feed: LiveFeed;
  readonly #ingress: Ingress;
  readonly #server: BusServer;
  readonly #doorkeeper: Doorkeeper;
  #engine: Engine | undefined;
  #heartbeat: Heartbeat | undefined;
  #stopped: Promise<void> | undefined;

  /** Throws `KeyFileError`. */
  constructor(options: BrokerOptions) {
    this.#o = options;
    const { host, ports, access = {} } = options;
    this.#doorkeeper = this.#makeDoorkeeper(access);
    const { guard } = this.#doorkeeper;
    // The system's clock, which follows corrections and knows of suspended time; the log holds it monotonic.
    this.#now = options.now ?? (() => Date.now() / 1000);
    this.#feed = new LiveFeed({ host, guard, port: ports.pub, portSetting: 'BITTEN_PUB_PORT' });
    this.#ingress = new Ingress({
      host,
      guard,
      limits: access.ingressLimits,
      port: ports.pull,
      portSetting: 'BITTEN_PULL_PORT',
      onEvent: (frame) => this.#engine?.accept([frame]),
      onMisframed: (frames) => this.#engine?.accept(frames),
    });
    this.#server = new BusServer({
      host,
      guard,
      limits: access.clientLimits,
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

  /** What there is to tell of the bus; null before it has opened its log, and when it stops. */
  facts(): BusFacts | null {
    return this.#engine?.facts() ?? null;
  }

  /**
   * Opens the log, then the doors: nobody is served before what was acknowledged earlier is there again.
   * Throws `ExposedError`, `PortInUseError`, `BindError`, and what `openLog` throws; nothing is left open then.
   */
  async start(): Promise<void> {
    try {
      this.#engine = new Engine({
        ...this.#o,
        feed: this.#feed,
        clients: () => this.#server.clients().length,
        doors: () => this.#doors(),
        now: this.#now,
        notices: { ...this.#o.notices, unavailable: (error) => this.#onUnavailable(error) },
      });
      await this.#doorkeeper.open();
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
    await this.#doorkeeper.stop();
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
    await this.#doorkeeper.stop();
    await this.#server.close();
    await this.#feed.close();
    this.#doorkeeper.close();
  }

  #makeDoorkeeper({ keysDir = null, connectionsMax = connectionsMax_default }: AccessOptions): Doorkeeper {
    const { notices } = this.#o;
    return new Doorkeeper({
      keysDir,
      connections_max: connectionsMax,
      onRefused: (refusal) => notices.refused?.(refusal),
      onKeys: (count) => notices.keys?.(count),
      onError: notices.problem,
      reopen: async (door) => {
        await { pub: this.#feed, pull: this.#ingress, bus: this.#server }[door].reopen();
        notices.reopened?.(door);
      },
    });
  }

  #doors(): DoorStats {
    const { counters, unread_bytes } = this.#server;
    const { requests: served, refused, malformed, undelivered, slowed } = counters;
    const requests = { served, refused, malformed, undelivered };
    return { ...this.#doorkeeper.facts(), requests, slowed, unread_bytes };
  }

  #onUnavailable(error: unknown): void {
    this.#heartbeat?.degraded(error instanceof Error ? error.message : String(error));
    this.#o.notices.unavailable(error);
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
