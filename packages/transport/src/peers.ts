/** Names one connection of one client, for as long as it lasts. */
export type PeerId = string;

export interface Peer {
  /** As the client called itself in `hello`; empty until then. */
  name: string;
  /** When it last asked for something, on the monotonic clock (`performance.now()`), in milliseconds. */
  seen_at: number;
}

/** A client that waits in a fetch is silent for up to a minute: it counts for twice as long. */
const seen_ms = 120_000;
/** A client that connects anew for each request must not fill the memory. */
const peers_max = 10_000;
/** Looking for the silent ones takes time, and a crowd must not make it happen for each of them. */
const sweep_ms = 1_000;

/**
 * Who has talked to the server lately. ZeroMQ does not tell a ROUTER when a peer goes, so a peer is forgotten
 * when it has been silent for two minutes.
 */
export class Peers {
  readonly #peers = new Map<PeerId, Peer>();
  #sweptAt = Number.NEGATIVE_INFINITY;

  saw(id: PeerId, now: number): void {
    const peer = this.#peers.get(id);
    if (peer !== undefined) {
      peer.seen_at = now;
      return;
    }
    if (this.#peers.size >= peers_max && now - this.#sweptAt >= sweep_ms) this.#forgetSilent(now);
    if (this.#peers.size < peers_max) this.#peers.set(id, { name: '', seen_at: now });
  }

  name(id: PeerId, name: string): void {
    const peer = this.#peers.get(id);
    if (peer !== undefined) peer.name = name;
  }

  list(now: number): Peer[] {
    this.#forgetSilent(now);
    return [...this.#peers.values()];
  }

  #forgetSilent(now: number): void {
    this.#sweptAt = now;
    for (const [id, peer] of this.#peers) {
      if (now - peer.seen_at > seen_ms) this.#peers.delete(id);
    }
  }
}
