const secondsPer: Readonly<Record<string, number>> = {
  ms: 0.001,
  s: 1,
  min: 60,
  h: 3_600,
  d: 86_400,
};

/** Seconds of `10s`, `5min`, `1h`, `1d`, `500ms`; undefined for anything else, as the settings read them too. */
export function readDuration(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)(ms|s|min|h|d)$/.exec(text.trim());
  return match === null ? undefined : Number(match[1]) * secondsPer[match[2]!]!;
}

/** The same for people, in the largest unit that fits: `5min`, `1.5h`. */
export function showDuration(seconds: number): string {
  for (const unit of ['d', 'h', 'min', 's'] as const) {
    const amount = seconds / secondsPer[unit]!;
    if (amount >= 1) return `${Math.round(amount * 100) / 100}${unit}`;
  }
  return `${Math.round(seconds * 1_000)}ms`;
}
