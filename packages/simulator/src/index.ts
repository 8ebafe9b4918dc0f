export { createMarket, type Market, type MarketOptions } from './market.js';
export { createMix, type Mix, type MixOptions, mixShares } from './mix.js';
export { createRandom, type Random } from './random.js';
export type { RunOptions, WallClock } from './run.js';
export { defaultSymbols, type SymbolSpec } from './symbols.js';
