/** Numbers that look random and follow from a seed: the same seed gives the same numbers on every machine. */
export interface Random {
  /** 0 ≤ x < 1. */
  float(): number;
  /** A whole number from `min` to `max`, both included. */
  integer(min: number, max: number): number;
  /** From the normal distribution with mean 0 and deviation 1. */
  gaussian(): number;
  /** True with the given probability. */
  chance(probability: number): boolean;
  /** One of a list, which must not be empty. */
  pick<T>(list: readonly T[]): T;
  /** The list's items in another order; the list itself stays as it is. */
  shuffle<T>(list: readonly T[]): T[];
}

/**
 * Mulberry32 by Tommy Ettinger (2017, public domain): one 32-bit word of state, a period of 2³², good enough for
 * a market and useless for secrets. A text is hashed to its seed.
 */
export function createRandom(seed: number | string): Random {
  let state = typeof seed === 'number' ? seed | 0 : hashText(seed);
  const float = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
  const integer = (min: number, max: number) => min + Math.floor(float() * (max - min + 1));
  return {
    float,
    integer,
    // Box and Muller; 1 - x keeps the logarithm's argument above 0.
    gaussian: () => Math.sqrt(-2 * Math.log(1 - float())) * Math.cos(2 * Math.PI * float()),
    chance: (probability) => float() < probability,
    pick: (list) => list[Math.floor(float() * list.length)]!,
    shuffle: (list) => shuffled(list, integer),
  };
}

/** FNV-1a, 32 bits: a number for a text. */
export function hashText(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return hash >>> 0;
}

/** Fisher and Yates. */
function shuffled<T>(list: readonly T[], integer: (min: number, max: number) => number): T[] {
  const result = [...list];
  for (let last = result.length - 1; last > 0; last -= 1) {
    const other = integer(0, last);
    [result[last], result[other]] = [result[other]!, result[last]!];
  }
  return result;
}
