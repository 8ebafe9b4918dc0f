import { BusClient, readClientKey } from '@bitten/transport';

interface BusAccessOptions {
  host: string;
  port: number;
  keyFile: string | null;
}

/** How long a page waits for a bus that is just coming back, before it is told that there is none. */
const patience_ms = 500;

/**
 * The dashboard's one connection to the bus. It connects by itself, also again; a request that finds no bus rejects
 * with what transport says, and the page shows that.
 */
export class BusAccess {
  readonly client: BusClient;

  constructor({ host, port, keyFile }: BusAccessOptions) {
    const key = keyFile === null ? undefined : readClientKey(keyFile);
    this.client = new BusClient({ host, port, name: 'dashboard', key });
  }

  get isConnected(): boolean {
    return this.client.status.state === 'connected';
  }

  /** Why there is no bus now; null while there is one. */
  get why(): string | null {
    const { status } = this.client;
    if (status.state === 'connected') return null;
    return status.state === 'disconnected' ? status.why : `no bus at ${this.client.endpoint}`;
  }

  /** Asks once. Throws what `BusClient` throws. */
  readonly ask = async <Reply>(request: (client: BusClient) => Promise<Reply>): Promise<Reply> => {
    if (!this.isConnected) await this.client.connected({ timeout_ms: patience_ms }).catch(() => undefined);
    return request(this.client);
  };

  close(): void {
    this.client.close();
  }
}
