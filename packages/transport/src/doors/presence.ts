/**
 * Counts who is inside a door, by what ZeroMQ's monitor and the ZAP handler tell. Who has opened a TCP connection
 * and nothing more is not inside: strangers without a key must not take the places of those with one.
 *
 * The monitor does not say whose connection has ended, so this is told from the order: one that breaks off its
 * handshake is reported as failed and then, by the same thread, as disconnected; one that was turned away hangs up
 * within the time of a handshake, and who leaves in between may be taken for it until then. What is counted never
 * exceeds the connections there are, which puts any mistake right.
 */
export class Presence {
  /** All connections, whatever has become of them. */
  #open = 0;
  #inside = 0;
  /** Let in, and still on the last step. */
  #coming = 0;
  /** Turned away, and still connected. */
  #leaving = 0;
  /** The next that is disconnected has not been inside. */
  #hasFailed = false;

  get inside(): number {
    return this.#inside;
  }

  /** The places that are not free. */
  get taken(): number {
    return this.#inside + this.#coming;
  }

  admitted(): void {
    this.#coming += 1;
  }

  denied(): void {
    this.#leaving += 1;
  }

  /** What the monitor shows. */
  saw(type: string): void {
    switch (type) {
      case 'accept':
        this.#open += 1;
        return;
      case 'handshake':
        this.#coming = Math.max(0, this.#coming - 1);
        this.#inside += 1;
        return;
      case 'handshake:error:protocol':
      case 'handshake:error:other':
        this.#hasFailed = true;
        return;
      case 'disconnect':
        return this.#ended();
    }
  }

  #ended(): void {
    this.#open = Math.max(0, this.#open - 1);
    if (this.#hasFailed) this.#coming = Math.max(0, this.#coming - 1);
    else if (this.#leaving > 0) this.#leaving -= 1;
    else this.#inside -= 1;
    this.#hasFailed = false;
    this.#inside = Math.max(0, Math.min(this.#inside, this.#open));
    this.#leaving = Math.min(this.#leaving, this.#open - this.#inside);
    this.#coming = Math.min(this.#coming, this.#open - this.#inside);
  }
}
