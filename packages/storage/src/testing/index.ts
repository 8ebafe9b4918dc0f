export { type BatchOptions, batch, eventsOf, type PlacedEvent, readToEnd } from './log-batches.js';
export { logContract } from './log-contract.js';
export { FaultyIo } from './log-faults.js';
export type { LogHarness } from './log-harness.js';
export { type MakeStore, storeContract } from './store-contract.js';
export { loggedEvent, spanOf, spanOfTicks, storeEpoch, writtenEvent } from './store-events.js';
