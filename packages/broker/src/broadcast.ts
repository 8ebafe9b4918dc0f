import { topicOf } from '@bitten/schema';

/** The sending half of the live feed, as the broadcast uses it. */
export interface Feed {
  /** Whether anybody subscribes to a topic. */
  wants(topic: string): boolean;
  send(topic: string, payload: Buffer): void;
}

/**
 * Holds what is staged until it is durable, then sends it to the live feed in the order of `seq`: nobody sees
 * an event that a crash can take back. Types nobody subscribes to cost a look into a map.
 */
export class Broadcast {
  readonly #feed: Feed;
  #pending: Array<{ topic: string; text: string; seq: number }> = [];

  constructor(feed: Feed) {
    this.#feed = feed;
  }

  stage(seq: number, type: string, text: string): void {
    const topic = topicOf(type);
    if (this.#feed.wants(topic)) this.#pending.push({ topic, text, seq });
  }

  release(): void {
    if (this.#pending.length === 0) return;
    const pending = this.#pending;
    this.#pending = [];
    for (const { topic, text, seq } of pending) this.#feed.send(topic, withSeq(text, seq));
  }

  discard(): void {
    this.#pending = [];
  }
}

/** The publisher's bytes with `,"seq":N` before the closing brace: subscribers unpack exactly two frames. */
export function withSeq(text: string, seq: number): Buffer {
  return Buffer.from(`${text.slice(0, text.lastIndexOf('}'))},"seq":${seq}}`);
}
