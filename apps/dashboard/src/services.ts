import type { Logger } from '@bitten/runtime';
import type { AlertDesk } from './alerts/alert-desk.js';
import type { BusAccess } from './bus/access.js';
import type { TokenCheck } from './http/token.js';
import type { Hub } from './live/hub.js';
import type { Live } from './live/live.js';
import type { QueryPool } from './queries/pool.js';

/** What the routes are made of. */
export interface Services {
  version: string;
  dataDir: string;
  /** Where the bus is, for a client of one's own. */
  place: { host: string; busPort: number; keyFile: string | null };
  /** What a `bitten` command has to be told to find the same system; empty where everything is as usual. */
  flags: string;
  /** The dashboard's own address, `http://127.0.0.1:5580`. */
  origin: () => string;
  /** What the alerts have said, and what pages say to them. */
  alerts: AlertDesk;
  bus: BusAccess;
  queries: QueryPool;
  /** The present: how everything is, and the end of the log. */
  live: Live;
  /** Who is told: `hub.tell` reaches every open page. */
  hub: Hub;
  token: TokenCheck;
  log: Logger;
  /** Aborted when the dashboard is asked to stop. */
  signal: AbortSignal;
}
