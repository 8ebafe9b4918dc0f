import { topicOf } from '@bitten/schema';
import { withMembers } from './members.js';

/** The sending half of the live feed, as the broadcast uses it. */
export interface Feed {
  /** Whether anybody subscribes to a topic. */
  wants(topic: string): boolean;
  send(topic: string, payload: Buffer): void;
}

interface Pending {
  topic: string;
  text: string;
  seq: number;
}

/**
 * Holds what is staged until it is durable, then sends it to the live feed in the order of `seq`: nobody sees
 * an event that a crash can take back. Types nobody subscribes to cost a look into a map.
 */
export class Broadcast {
  readonly #feed: Feed;
  #staged: Pending[] = [];
  /** Kept apart: more may be staged, and fail, between a commit and the moment it is shown. */
  #durable: Pending[] = [];

  constructor(feed: Feed) {
    this.#feed = feed;
  }

  stage(seq: number, type: string, text: string): void {
    const topic = topicOf(type);
    if (this.#feed.wants(topic)) this.#staged.push({ topic, text, seq });
  }

  /** What is staged has become durable. */
  commit(): void {
    if (this.#durable.length === 0) this.#durable = this.#staged;
    else for (const event of this.#staged) this.#durable.push(event);
    this.#staged = [];
  }

  /** What is staged will not be. */
  rollback(): void {
    this.#staged = [];
  }

  /** Sends what is durable. */
  release(): void {
    const durable = this.#durable;
    this.#durable = [];
    for (const { topic, text, seq } of durable) this.#feed.send(topic, withMembers(text, `"seq":${seq}`));
  }
}
