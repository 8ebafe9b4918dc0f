import { describeError } from '@bitten/runtime';
import type { StoreSummary } from '@bitten/storage/store';
import type { BusStats } from '@bitten/transport';
import type { BusNow, Now, StoreNow } from '../api/index.js';
import type { Heartbeat } from '../queries/heartbeats.js';
import { judgeComponent } from './components.js';

/** What the bus said of itself. */
interface BusSaid {
  log_id: string;
  stats: BusStats;
}

export interface SamplerOptions {
  /** Asks the bus; rejects where there is none. */
  askBus: () => Promise<BusSaid>;
  askStore: () => Promise<StoreSummary>;
  askHeartbeats: () => Promise<Heartbeat[]>;
  askAlerts: () => Promise<Now['alerts']>;
  latency: () => Now['latency'];
  onSample: (now: Now) => void;
  /** Unix seconds. */
  now?: () => number;
}

const interval_ms = 1_000;
/** Heartbeats come every half minute. */
const heartbeats_s = 5;

type Answer<Said> = { ok: true; said: Said } | { ok: false; why: string };

/**
 * Looks once a second how everything is. It is one look for all pages, however many are open, and it goes on while
 * the bus or the store is away: then it says so.
 */
export class Sampler {
  readonly #o: Required<SamplerOptions>;
  #timer: NodeJS.Timeout | undefined;
  #isStopped = false;
  #last: Now | null = null;
  #counted: { at: number; started_at: number; by_type: Record<string, number> } | null = null;
  #heartbeats: { asked_at: number; found: Heartbeat[] } = { asked_at: 0, found: [] };
  #deadLetters: Now['dead_letters'] = { open: 0, total: 0 };

  constructor(options: SamplerOptions) {
    this.#o = { now: () => Date.now() / 1000, ...options };
  }

  /** Resolves after the first look. */
  async start(): Promise<void> {
    const begun = performance.now();
    await this.#look();
    if (this.#isStopped) return;
    const rest_ms = Math.max(100, interval_ms - (performance.now() - begun));
    this.#timer = setTimeout(() => void this.start(), rest_ms);
  }

  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
  }

  /** How everything was at the last look; null before the first one. */
  get last(): Now | null {
    return this.#last;
  }

  async #look(): Promise<void> {
    const { askBus, askStore, askAlerts, latency, now, onSample } = this.#o;
    const [bus, store, alerts] = await Promise.all([
      answerOf(askBus),
      answerOf(askStore),
      askAlerts().catch(() => null),
      this.#lookAtHeartbeats(),
    ]);
    if (this.#isStopped) return;
    const at = now();
    if (store.ok) {
      const { dead_letters: total, dead_letters_open: open } = store.said;
      this.#deadLetters = { open, total };
    }
    const storeNow = store.ok ? describeStore(store.said, bus.ok ? bus.said : null) : awayOf(store.why);
    const judgedAt = this.#knownUpTo(storeNow, at);
    this.#last = {
      at,
      bus: bus.ok ? describeBus(bus.said) : awayOf(bus.why),
      store: storeNow,
      rates: this.#rates(bus.ok ? bus.said.stats : null, at),
      latency: latency(),
      cursors: bus.ok ? bus.said.stats.cursors.map(({ ...cursor }) => cursor) : [],
      dead_letters: this.#deadLetters,
      components: this.#heartbeats.found.map((heartbeat) => judgeComponent(heartbeat, judgedAt)),
      alerts,
    };
    onSample(this.#last);
  }

  /** They stay as they were where the store cannot be asked. */
  async #lookAtHeartbeats(): Promise<void> {
    const { askHeartbeats, now } = this.#o;
    const since_s = now() - this.#heartbeats.asked_at;
    // Below 0 the clock has been set back: waiting until it is there again could take hours.
    if (since_s >= 0 && since_s < heartbeats_s) return;
    const asked_at = now();
    const found = await askHeartbeats().catch(() => this.#heartbeats.found);
    this.#heartbeats = { asked_at, found };
  }

  /** What a component says while the store is behind is not known yet: the newest that is known is then the present. */
  #knownUpTo(store: Now['store'], at: number): number {
    const isBehind = store.up && (store.lag_events ?? 0) > 0;
    if (!isBehind) return at;
    const heard = this.#heartbeats.found.map((heartbeat) => heartbeat.at);
    return heard.length === 0
      ? at
      : Math.min(
          at,
          heard.reduce((most, each) => Math.max(most, each)),
        );
  }

  /** By what the bus has counted since the look before; nothing where it has been started anew in between. */
  #rates(stats: BusStats | null, at: number): Record<string, number> {
    const before = this.#counted;
    this.#counted =
      stats === null ? null : { at, started_at: stats.started_at, by_type: stats.events.by_type };
    if (stats === null || before === null || before.started_at !== stats.started_at) return {};
    const seconds = at - before.at;
    if (seconds <= 0) return {};
    const rates = Object.entries(stats.events.by_type)
      .map(([type, count]) => [type, count - (before.by_type[type] ?? 0)] as const)
      .filter(([, count]) => count > 0)
      .map(([type, count]) => [type, Math.round((count / seconds) * 10) / 10] as const);
    return Object.fromEntries(rates);
  }
}

async function answerOf<Said>(ask: () => Promise<Said>): Promise<Answer<Said>> {
  try {
    return { ok: true, said: await ask() };
  } catch (error) {
    return { ok: false, why: describeError(error) };
  }
}

function awayOf(why: string): { up: false; why: string } {
  return { up: false, why };
}

function describeBus({ stats }: BusSaid): BusNow {
  return {
    up: true,
    uptime_s: stats.uptime_s,
    first: stats.log.first,
    next: stats.log.next,
    log_bytes: stats.log.bytes,
    clients: stats.clients,
    fsync_p50_ms: stats.commits.fsync_p50_ms,
    fsync_p99_ms: stats.commits.fsync_p99_ms,
    memory_rss_bytes: stats.memory_rss_bytes,
    unavailable: stats.unavailable?.why ?? null,
  };
}

/** The lag is known where store and bus speak of the same log. */
function describeStore({ rows, bytes, cursors, log_id }: StoreSummary, bus: BusSaid | null): StoreNow {
  const isComparable = bus !== null && (log_id === null || log_id === bus.log_id);
  return {
    up: true,
    rows,
    bytes,
    next: cursors.events,
    lag_events: isComparable ? Math.max(0, bus.stats.log.next - cursors.events) : null,
  };
}
