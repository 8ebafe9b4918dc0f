import type { BusClient } from '@bitten/transport';

/**
 * Puts a request to the bus, and again as often as the caller likes while the bus does not answer: every request made
 * here may be repeated. `(request) => request(client)` asks once.
 */
export type Ask = <Reply>(request: (client: BusClient) => Promise<Reply>) => Promise<Reply>;
