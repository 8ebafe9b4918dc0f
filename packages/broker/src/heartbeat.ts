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

/** The bus's own `system_health` events: at start, at stop, and every so often between. */
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

  #beat(status: 'started' | 'running' | 'stopped'): void {
    const { now, facts, emit } = this.#options;
    const data = { component: 'event_bus', status, ...facts() };
    const event = { event_type: 'system_health', timestamp: now(), source: 'event_bus', data };
    emit(encodeEvent(event), event.event_type);
  }
}
