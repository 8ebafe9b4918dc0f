/**
 * The bus itself, without process and settings.
 *
 * @module @bitten/broker
 */
export { isStandardType } from '@bitten/schema';
export { isLoopback } from '@bitten/transport';
export {
  type AccessNotices,
  type AccessOptions,
  Broker,
  type BrokerOptions,
  type BrokerPorts,
} from './broker.js';
export type { Rejections } from './counters.js';
export type { Notices } from './engine.js';
export type { BusFacts } from './facts.js';
export { type Hop, hops, type NoteHop } from './hops.js';
