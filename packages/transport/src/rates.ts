import type { PeerId } from './peers.js';

/** How much may come in; null where there is no limit. */
export interface RateLimits {
  events_per_s: number | null;
  bytes_per_s: number | null;
}

export const noLimits: RateLimits = { events_per_s: null, bytes_per_s: null };

/** Unused time that counts: after a pause so much may come at once. */
export const burst_ms = 1000;
const clients_max = 10_000;
/** Looking for the idle ones takes time, and a crowd must not make it happen for each of them. */
const sweep_ms = 1000;

/** How long what comes in takes at the rate allowed, in milliseconds: by the slower of the two limits. */
export function duration_ms(
  limits: RateLimits,
  { events, bytes }: { events: number; bytes: number },
): number {
  const byEvents = limits.events_per_s === null ? 0 : events / limits.events_per_s;
  const byBytes = limits.bytes_per_s === null ? 0 : bytes / limits.bytes_per_s;
  return Math.max(byEvents, byBytes) * 1000;
}

/**
 * Holds each client to its limits. A batch passes as a whole, and what it is above the rate has to be waited for
 * afterwards: a batch larger than a second's worth would never pass otherwise.
 */
export class ClientRates {
  readonly #limits: RateLimits;
  /** When each may send again, on the monotonic clock; who may send for a second already is not in it. */
  readonly #freeAt_ms = new Map<PeerId, number>();
  #sweptAt = Number.NEGATIVE_INFINITY;

  constructor(limits: RateLimits) {
    this.#limits = limits;
  }

  /** 0 where a batch may pass, and counts; else how many milliseconds the client has to wait before it does. */
  take(peer: PeerId, batch: { events: number; bytes: number }, now: number): number {
    const cost_ms = duration_ms(this.#limits, batch);
    if (cost_ms === 0) return 0;
    const freeAt_ms = this.#freeAt_ms.get(peer) ?? Number.NEGATIVE_INFINITY;
    if (freeAt_ms > now) return Math.ceil(freeAt_ms - now);
    if (!this.#hasRoom(peer, now)) return sweep_ms;
    this.#freeAt_ms.set(peer, Math.max(freeAt_ms, now - burst_ms) + cost_ms);
    return 0;
  }

  /** How many clients it remembers. */
  get size(): number {
    return this.#freeAt_ms.size;
  }

  /** Nobody is left. */
  clear(): void {
    this.#freeAt_ms.clear();
  }

  /** Who comes when there are that many already waits for one of them to be idle. */
  #hasRoom(peer: PeerId, now: number): boolean {
    if (this.#freeAt_ms.size < clients_max || this.#freeAt_ms.has(peer)) return true;
    if (now - this.#sweptAt >= sweep_ms) this.#forgetIdle(now);
    return this.#freeAt_ms.size < clients_max;
  }

  #forgetIdle(now: number): void {
    this.#sweptAt = now;
    for (const [peer, freeAt_ms] of this.#freeAt_ms) {
      if (freeAt_ms <= now - burst_ms) this.#freeAt_ms.delete(peer);
    }
  }
}
