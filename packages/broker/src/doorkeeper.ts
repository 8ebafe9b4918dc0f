import {
  AllowList,
  type DoorName,
  type DoorStats,
  Guard,
  keyFilesIn,
  type Refusal,
  readServerKey,
} from '@bitten/transport';

interface DoorkeeperOptions {
  /** The folder of keys; null lets everybody in who reaches the address. */
  keysDir: string | null;
  connections_max: number;
  onRefused: (refusal: Refusal) => void;
  /** The list of keys has changed and counts from now on. */
  onKeys: (keys: number) => void;
  onError: (error: unknown) => void;
  /** Cuts off everybody behind a door; who may come in comes back by itself. */
  reopen: (door: DoorName) => Promise<void>;
}

/** How soon a change of the list is seen when nobody comes in; at a handshake it is seen at once. */
const look_ms = 1_000;

/**
 * Keeps the list of those who may come in, and acts on it: a key taken off the list comes in no more, and who came
 * in with it is put out within about a second.
 */
export class Doorkeeper {
  readonly guard: Guard;
  readonly #o: DoorkeeperOptions;
  readonly #list: AllowList | null;
  readonly #reopening = new Map<DoorName, Promise<void>>();
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;

  /** Throws `KeyFileError`. */
  constructor(options: DoorkeeperOptions) {
    this.#o = options;
    const { keysDir, connections_max, onRefused } = options;
    const key = keysDir === null ? null : readServerKey(keysDir);
    this.#list = keysDir === null ? null : this.#readList(keysDir);
    this.guard = new Guard({
      curve: key === null ? undefined : { key, nameOf: (publicKey) => this.#nameOf(publicKey) },
      connections_max,
      onRefused,
    });
  }

  /** Before the doors are opened. */
  async open(): Promise<void> {
    await this.guard.open();
    if (this.#list !== null) this.#timer = setInterval(() => this.#look(), look_ms);
  }

  /** Reopens nothing more. The guard goes on until `close`: the doors need it as long as they are there. */
  async stop(): Promise<void> {
    this.#isClosed = true;
    clearInterval(this.#timer);
    await Promise.all(this.#reopening.values());
  }

  /** After the doors are closed. */
  close(): void {
    this.guard.close();
  }

  /** What `stats` tells. */
  facts(): Omit<DoorStats, 'requests' | 'slowed' | 'unread_bytes'> {
    const { connections, refused, wantsKeys } = this.guard;
    return { curve: wantsKeys, connections: { ...connections }, refused: { ...refused } };
  }

  #readList(keysDir: string): AllowList {
    return new AllowList({
      file: keyFilesIn(keysDir).allowed,
      onChange: (keys) => {
        this.#o.onKeys(keys);
        // Not within the handshake that has seen the change.
        setImmediate(() => this.#putOut());
      },
      onTrouble: this.#o.onError,
    });
  }

  #nameOf(publicKey: string): string | undefined {
    this.#list?.refresh();
    return this.#list?.nameOf(publicKey);
  }

  #look(): void {
    this.#list?.refresh();
  }

  #putOut(): void {
    if (this.#isClosed) return;
    // The list may have gone since it changed; when it is back, that is a change again.
    this.#list?.refresh();
    if (this.#list?.isReadable === false) return;
    for (const door of this.guard.doorsToClear()) {
      if (this.#reopening.has(door)) continue;
      const reopening = this.#o
        .reopen(door)
        .catch(this.#o.onError)
        .finally(() => this.#reopening.delete(door));
      this.#reopening.set(door, reopening);
    }
  }
}
