import { limits } from '@bitten/schema';

/**
 * ZeroMQ closes a connection at a larger frame. The limit on bodies is half of it, so that a client that is
 * somewhat above the limit is told `too_large` and not cut off.
 */
export const frame_bytes_max = 2 * limits.batch_bytes_max;
