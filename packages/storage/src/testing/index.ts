export { type BatchOptions, batch, eventsOf, type PlacedEvent, readToEnd } from './log-batches.js';
export { type LogHarness, logContract } from './log-contract.js';
export { FaultyIo } from './log-faults.js';
