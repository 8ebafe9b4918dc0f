/**
 * A program's connection to the bus: asks again while the bus is away, and follows the log.
 *
 * @module @bitten/client
 */
export { BusAwayError, BusLink, type BusLinkOptions } from './bus-link.js';
export { type FollowOptions, findLast, findLastValues, follow, type LoggedText } from './follow.js';
