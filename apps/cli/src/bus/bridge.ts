import { createRequire } from 'node:module';

// The bridge is one CommonJS file of 200 KB. Imported, all of it is searched for the names it exports before it is
// read; required, it is not. That is a tenth of the time a command takes to start (docs/adr/0015).
const bridge = createRequire(import.meta.url)('@bitten/bridge') as typeof import('@bitten/bridge');

export const { EventBridge, InvalidEventError } = bridge;
export type EventBridge = import('@bitten/bridge').EventBridge;
export type InvalidEventError = import('@bitten/bridge').InvalidEventError;
