/** A straight line through points, by least squares. */
export interface Slope {
  /** Per unit of x. */
  slope: number;
  /** Standard error of the slope. */
  error: number;
  points: number;
}

/**
 * How fast y grows with x, and how sure that is. Null where fewer than four points say nothing.
 *
 * Samples of a process follow each other closely: one that is high is followed by a high one. Taken as
 * independent they would pretend to know the slope better than they do; so the error is widened by how much
 * neighbouring residuals agree (first-order autocorrelation).
 */
export function slopeOf(points: ReadonlyArray<readonly [x: number, y: number]>): Slope | null {
  const n = points.length;
  if (n < 4) return null;
  const meanX = mean(points.map(([x]) => x));
  const meanY = mean(points.map(([, y]) => y));
  let xx = 0;
  let xy = 0;
  for (const [x, y] of points) {
    xx += (x - meanX) ** 2;
    xy += (x - meanX) * (y - meanY);
  }
  if (xx === 0) return null;
  const slope = xy / xx;
  const residuals = points.map(([x, y]) => y - meanY - slope * (x - meanX));
  const squares = sum(residuals.map((residual) => residual ** 2));
  const naive = Math.sqrt(squares / (n - 2) / xx);
  return { slope, error: naive * widening(residuals, squares), points: n };
}

/** By how much fewer independent points there are than points, as a factor on the error. */
function widening(residuals: readonly number[], squares: number): number {
  if (squares === 0) return 1;
  let products = 0;
  for (let i = 1; i < residuals.length; i += 1) products += residuals[i]! * residuals[i - 1]!;
  const rho = Math.min(Math.max(products / squares, 0), 0.98);
  return Math.sqrt((1 + rho) / (1 - rho));
}

export function mean(values: readonly number[]): number {
  return values.length === 0 ? Number.NaN : sum(values) / values.length;
}

/** The middle value; NaN of none. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  if (sorted.length === 0) return Number.NaN;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
