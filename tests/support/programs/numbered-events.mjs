import { createMix } from '@bitten/simulator';

const size = 2_000;

/**
 * Events that can be told apart: those of the mix, each with the life (`run`) of the publisher it comes from and
 * its number (`n`) in it. Publisher and checker make the same ones from the same seed.
 */
export function numberedEvents(seed) {
  const pool = createMix({ seed, size }).pool(size);
  return (run, n) => {
    const event = pool[n % size];
    return { ...event, data: { ...event.data, run, n } };
  };
}
