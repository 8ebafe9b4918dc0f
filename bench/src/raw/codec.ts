import { checkEvent, createStandardCatalogue, decodeEvent, type Envelope, encodeEvent } from '@bitten/schema';
import { now_ms } from '../measure/clock.js';
import { createTraffic } from '../measure/traffic.js';

/** Events a second of one core. */
export interface CodecCeilings {
  parse: number;
  decode: number;
  encode: number;
}

/** What reading and writing an event costs at least: no process can be faster, whatever it sends or stores. */
export function measureCodec(events: number): CodecCeilings {
  const traffic = createTraffic({ seed: 'c' });
  const texts = Array.from({ length: 20_000 }, () => JSON.stringify(traffic.next()));
  const parsed = texts.map((text) => JSON.parse(text) as Envelope);
  const catalogue = createStandardCatalogue();
  const rateOf = (work: (index: number) => unknown): number => {
    const passes = Math.max(1, Math.round(events / texts.length));
    let done = 0;
    // The first pass is for the compiler.
    for (let index = 0; index < texts.length; index += 1) if (work(index) !== null) done += 1;
    const begun_ms = now_ms();
    for (let pass = 0; pass < passes; pass += 1) {
      for (let index = 0; index < texts.length; index += 1) if (work(index) !== null) done += 1;
    }
    return (done - texts.length) / ((now_ms() - begun_ms) / 1_000);
  };
  return {
    parse: rateOf((index) => JSON.parse(texts[index]!)),
    decode: rateOf((index) => decodeEvent(texts[index]!, catalogue)),
    encode: rateOf((index) => {
      const event = parsed[index]!;
      return checkEvent(event, catalogue).length === 0 ? encodeEvent(event) : null;
    }),
  };
}
