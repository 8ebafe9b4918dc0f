/** The outline of how many events there were, to be drawn below the slider. */
export interface Outline {
  /** The `d` of an SVG path in a box of `counts.length` by `height`, closed at the bottom; empty for no counts. */
  path: string;
  /** The most events in one step. */
  most: number;
}

/**
 * Draws the square roots: in a burst of thousands the quiet hours would otherwise be a flat line, and where something
 * happened at all is what the slider is aimed by. A step with a single event is therefore never invisible.
 */
export function outlineOf(counts: readonly number[], height: number): Outline {
  const most = counts.reduce((a, b) => Math.max(a, b), 0);
  if (most === 0) return { path: '', most };
  const least = Math.min(1, height);
  const top = (count: number) =>
    count === 0 ? height : height - Math.max(least, Math.sqrt(count / most) * height);
  const steps = counts.map((count, i) => `V${rounded(top(count))}H${i + 1}`);
  return { path: `M0 ${height}${steps.join('')}V${height}Z`, most };
}

function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}

/** Which step of the counts an instant's fraction falls into. */
export function countAt(counts: readonly number[], fraction: number): number {
  const place = Math.min(counts.length - 1, Math.max(0, Math.floor(fraction * counts.length)));
  return counts[place] ?? 0;
}
