import { checkEvent, createStandardCatalogue } from '@bitten/schema';
import { describe, expect, it } from 'vitest';
import { createMix, mixShares } from '../src/mix.js';

const catalogue = createStandardCatalogue();

describe('createMix', () => {
  it('holds the shares of the design exactly', () => {
    const events = createMix({ seed: 1 }).pool(4_000);
    for (const [type, share] of Object.entries(mixShares)) {
      expect(events.filter((event) => event.event_type === type)).toHaveLength(share * 40);
    }
  });

  it('is about 248 bytes of JSON an event, and says how many', () => {
    const mix = createMix({ seed: 1 });
    const bytes = mix.pool(4_000).map((event) => Buffer.byteLength(JSON.stringify(event)));
    expect(mix.bytes_mean).toBe(bytes.reduce((sum, one) => sum + one, 0) / 4_000);
    expect(Math.round(mix.bytes_mean)).toBeGreaterThanOrEqual(246);
    expect(Math.round(mix.bytes_mean)).toBeLessThanOrEqual(250);
  });

  it('holds only valid events, no two alike', () => {
    const events = createMix({ seed: 2 }).pool(4_000);
    for (const event of events) expect(checkEvent(event, catalogue)).toEqual([]);
    expect(new Set(events.map((event) => JSON.stringify(event))).size).toBe(4_000);
  });

  it('goes around with new ids and times, mixed and not sorted, the same for the same seed', () => {
    const mix = createMix({ seed: 3, size: 100 });
    const first = Array.from({ length: 250 }, () => mix.next());
    expect(first).toEqual(createMix({ seed: 3, size: 100 }).pool(250));
    expect(first[200]?.event_type).toBe(first[0]?.event_type);
    expect(first[200]).not.toEqual(first[0]);
    expect(new Set(first.slice(0, 20).map((event) => event.event_type)).size).toBeGreaterThan(2);
  });

  it('fills a size that the shares do not divide with ticks', () => {
    expect(
      createMix({ seed: 3, size: 7 })
        .pool(7)
        .every((event) => event.event_type === 'market_data'),
    ).toBe(true);
  });
});
