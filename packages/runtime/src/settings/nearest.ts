/** Of the known names the one nearest to a mistyped one, by edit distance; undefined where none is near. */
export function nearestName(typed: string, known: Iterable<string>): string | undefined {
  let best: string | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const name of known) {
    const distance = editDistance(normalise(typed), normalise(name));
    if (distance < least) {
      best = name;
      least = distance;
    }
  }
  // A third of the letters may be wrong: beyond that a suggestion misleads more than it helps.
  return least <= Math.max(2, Math.floor(typed.length / 3)) ? best : undefined;
}

/** `--data-dir`, `data_dir` and `dataDir` are the same name in different spellings. */
function normalise(name: string): string {
  return name.toLowerCase().replaceAll(/[-_]/g, '');
}

function editDistance(from: string, to: string): number {
  let previous = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let row = 1; row <= from.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= to.length; column += 1) {
      const substituted = previous[column - 1]! + (from[row - 1] === to[column - 1] ? 0 : 1);
      current.push(Math.min(substituted, previous[column]! + 1, current[column - 1]! + 1));
    }
    previous = current;
  }
  return previous[to.length]!;
}
