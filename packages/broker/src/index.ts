export { isLoopback } from '@bitten/transport';
export {
  type AccessNotices,
  type AccessOptions,
  Broker,
  type BrokerOptions,
  type BrokerPorts,
} from './broker.js';
export type { Notices } from './engine.js';
