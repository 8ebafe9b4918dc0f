import { encodeEvent } from '@bitten/schema';

interface HeartbeatFacts {
  /** Seconds. */
  uptime: number;
  events_published: number;
  events_received: number;
  pub_port: number;
  pull_port: number;
}

interface HeartbeatOptions {
  interval_ms: number;
  /** Unix seconds. */
  now: () => number;
  facts: () => HeartbeatFacts;
  emit: (text: string, type: string) => void;
}

/** As long as the type allows. */
const messageMax = 500;

/** The bus's own `system_health` events: at start, at stop, every so often between, and when it cannot write. */
export class Heartbeat {
  readonly #options: HeartbeatOptions;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: HeartbeatOptions) {
    this.#options = options;
  }

  start(): void {
    this.#beat('started');
    this.#timer = setInterval(() => this.#beat('running'), this.#options.interval_ms);
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#beat('stopped');
  }

  /** The logs cannot be written. It is kept until they can, and tells then when and why that was. */
  degraded(why: string): void {
    this.#beat('degraded', { message: why.slice(0, messageMax) });
  }

  #beat(status: 'started' | 'running' | 'stopped' | 'degraded', more: { message?: string } = {}): void {
    const { now, facts, emit } = this.#options;
    const data = { component: 'event_bus', status, ...more, ...facts() };
    const event = { event_type: 'system_health', timestamp: now(), source: 'event_bus', data };
    emit(encodeEvent(event), event.event_type);
  }
}
