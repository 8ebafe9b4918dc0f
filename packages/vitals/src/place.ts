/** Where the system is that is asked how it is. */
export interface VitalsPlace {
  host: string;
  busPort: number;
  /** The file of the key to show; null for none. */
  keyFile: string | null;
  /** The folder of the log and the store. */
  dataDir: string;
  /** How long to wait for the bus, milliseconds. */
  timeout: number;
}

/** The store's name in the data folder. */
export const storeFile = 'bitten_events.db';
