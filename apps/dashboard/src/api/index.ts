/** What the pages and the server say to each other. Errors are `ApiError`; times are Unix seconds. */
export * from './alerts.js';
export * from './analytics.js';
export * from './common.js';
export * from './dead-letters.js';
export * from './events.js';
export * from './lifecycle.js';
export * from './now.js';
export * from './replays.js';
export * from './state.js';
