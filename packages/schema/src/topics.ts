// Two roots, so that nothing that listens to the live feed can ever take a replayed event for one that happens.
const liveRoot = 'bitten.';
const replayRoot = 'replay.';

/** The topic of a live event on the broadcast: `bitten.signal_generated`. */
export function topicOf(event_type: string): string {
  return liveRoot + event_type;
}

/** The topic of a replayed event; never a prefix match for a live subscriber. */
export function replayTopicOf(event_type: string): string {
  return replayRoot + event_type;
}

/** Whether a subscription to `prefix` gets `topic`. As ZeroMQ does it: any prefix counts, the empty one is all. */
export function topicMatches(prefix: string, topic: string): boolean {
  return topic.startsWith(prefix);
}
