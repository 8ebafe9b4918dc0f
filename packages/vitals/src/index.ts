/**
 * How the system is: bus, store, lag, disks, spools, components.
 *
 * @module @bitten/vitals
 */
export { type Figures, figuresOf } from './figures.js';
export { storeFile, type VitalsPlace } from './place.js';
export { gatherStats, type Stats } from './stats.js';
export { gatherVitals, storedUpTo, type Vitals } from './vitals.js';
