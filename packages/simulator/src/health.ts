import type { Envelope } from '@bitten/schema';
import type { Stage } from './stage.js';

const components = [
  'elite_guard',
  'webapp',
  'mt5_adapter',
  'mt5_feed',
  'outcome_tracker',
  'risk_engine',
] as const;
/** Each component reports so often, in simulated seconds, but at high rates often enough to be seen. */
const interval_s = 30;
const interval_slots_min = 120;
const interval_slots_max = 2_000;

/** The components' heartbeats: `started` once, then `running`, with a bad moment now and then. */
export class Health {
  readonly #stage: Stage;

  constructor(stage: Stage) {
    this.#stage = stage;
  }

  /** Lets the components come up one after the other. */
  start(): void {
    components.forEach((component, index) => {
      this.#stage.plan(index + 1, () => this.#beat(component, 'started'));
    });
  }

  #beat(component: string, status: 'started' | 'running' | 'degraded'): Envelope {
    const { random, rate_per_s, time, start_time } = this.#stage;
    const slots = Math.min(
      interval_slots_max,
      Math.max(interval_slots_min, Math.round(interval_s * rate_per_s)),
    );
    const next = random.chance(0.02) ? 'degraded' : 'running';
    this.#stage.plan(slots, () => this.#beat(component, next));
    return this.#stage.event({
      event_type: 'system_health',
      source: component,
      data: {
        component,
        status,
        uptime: Math.round((time - start_time) * 1e3) / 1e3,
        memory_usage: random.integer(600, 1_400) / 10,
        cpu_usage: random.integer(2, 180) / 10,
        ...(status === 'degraded' && { message: 'the queue to the broker is longer than usual' }),
      },
    });
  }
}
