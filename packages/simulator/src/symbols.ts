/** How one symbol is quoted. */
export interface SymbolSpec {
  symbol: string;
  /** Where its price starts and is gently pulled back to. */
  anchor: number;
  /** Decimals of a price; one unit of the last is a point. */
  digits: number;
  /** Points in a pip. */
  pip_points: number;
  /** Usual distance of ask from bid, in points. */
  spread_points: number;
}

/** A handful that a trader of BITTEN watches; the anchors are round numbers of autumn 2025. */
export const defaultSymbols: readonly SymbolSpec[] = [
  { symbol: 'EURUSD', anchor: 1.1725, digits: 5, pip_points: 10, spread_points: 8 },
  { symbol: 'GBPUSD', anchor: 1.355, digits: 5, pip_points: 10, spread_points: 12 },
  { symbol: 'USDJPY', anchor: 147.6, digits: 3, pip_points: 10, spread_points: 9 },
  { symbol: 'AUDUSD', anchor: 0.664, digits: 5, pip_points: 10, spread_points: 10 },
  { symbol: 'USDCAD', anchor: 1.384, digits: 5, pip_points: 10, spread_points: 14 },
  { symbol: 'XAUUSD', anchor: 3640, digits: 2, pip_points: 10, spread_points: 25 },
];
