/**
 * The colours of series: Okabe and Ito's, which stay apart for the colour-blind, made darker on light ground and lighter
 * on dark so that each has 3:1 against it (WCAG 2.2, 1.4.11).
 */
const palette = {
  light: ['#0072b2', '#b35300', '#00795a', '#a8447d', '#8a6d00', '#2f7fb0', '#5b5b5b', '#7a3fb0'],
  dark: ['#56b4e9', '#e69f00', '#00c08b', '#dd8fc0', '#f0e442', '#7fc7ef', '#b8b8b8', '#bb8cf0'],
} as const;

const typeOrder = [
  'market_data',
  'signal_generated',
  'trade_executed',
  'fire_command',
  'balance_update',
  'user_action',
  'system_health',
  'pattern_detected',
];

export type Ground = keyof typeof palette;

/** The n-th colour, again from the first when there are no more. */
export function colorAt(n: number, ground: Ground): string {
  return palette[ground][n % palette[ground].length]!;
}

/** The colour of an event type: the same on every page and every day. */
export function colorOfType(type: string, ground: Ground): string {
  const place = typeOrder.indexOf(type);
  return colorAt(place === -1 ? hash(type) : place, ground);
}

/**
 * The colours of types that are drawn together: each has its own, and where a type of no fixed colour would look like
 * another it has the next that is free. Beyond eight there are none free any more.
 */
export function colorsOfTypes(types: readonly string[], ground: Ground): ReadonlyMap<string, string> {
  const colors = new Map<string, string>();
  const fixed = types.filter((type) => typeOrder.includes(type));
  for (const type of [...fixed, ...types.filter((type) => !typeOrder.includes(type))]) {
    const own = colorOfType(type, ground);
    const taken = new Set(colors.values());
    colors.set(type, taken.has(own) ? (palette[ground].find((color) => !taken.has(color)) ?? own) : own);
  }
  return colors;
}

function hash(text: string): number {
  let sum = 0;
  for (const letter of text) sum = (sum * 31 + letter.charCodeAt(0)) % 997;
  return sum;
}
