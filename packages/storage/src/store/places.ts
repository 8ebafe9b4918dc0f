/** Places of a log, `from` up to, not including, `to`. */
export interface Places {
  from: number;
  to: number;
}

/** The stretches of `whole` that are in none of `parts`, in order; the parts may overlap and come in any order. */
export function outside(whole: Places, parts: readonly Places[]): Places[] {
  const stretches: Places[] = [];
  let next = whole.from;
  for (const { from, to } of [...parts].sort((a, b) => a.from - b.from)) {
    if (from >= whole.to) break;
    if (from > next) stretches.push({ from: next, to: from });
    next = Math.max(next, to);
  }
  if (next < whole.to) stretches.push({ from: next, to: whole.to });
  return stretches;
}
