/** A share with how far it can be trusted. */
export interface Rate {
  /** 0 to 1. */
  value: number;
  /** Where the true one lies, 19 times of 20. */
  low: number;
  high: number;
  /** Of how many. */
  count: number;
}

/** 1.96 standard deviations each way hold 95 % of a normal distribution. */
const z = 1.959964;

/**
 * The share of wins, with its 95 % interval after Wilson, which also holds for few and for 0 % and 100 %: that three of
 * three were won says next to nothing, and the picture has to show so. Null where nothing has an outcome.
 */
export function rateOf({ wins, losses }: { wins: number; losses: number }): Rate | null {
  const count = wins + losses;
  if (count === 0) return null;
  const value = wins / count;
  const spread = 1 + z ** 2 / count;
  const middle = (value + z ** 2 / (2 * count)) / spread;
  const half = (z / spread) * Math.sqrt((value * (1 - value)) / count + z ** 2 / (4 * count ** 2));
  return { value, low: Math.max(0, middle - half), high: Math.min(1, middle + half), count };
}

/** How a rate compares with as many wins as losses: only where its interval leaves no doubt is it said. */
export function verdictOn({ low, high }: Rate): 'above' | 'below' | 'unclear' {
  if (low > 0.5) return 'above';
  return high < 0.5 ? 'below' : 'unclear';
}
