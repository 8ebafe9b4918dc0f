/** The store's name in the data folder. */
export const storeFile = 'bitten_events.db';
