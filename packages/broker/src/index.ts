export { Broker, type BrokerOptions, type BrokerPorts } from './broker.js';
export type { Notices } from './engine.js';
