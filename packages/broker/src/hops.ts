/**
 * The hops of an event through the bus, in their order:
 *
 * - `published_to_appended`: from the event's own timestamp to the log, on two clocks;
 * - `received_to_committed`: from a batch in hand to the fsync that makes it durable;
 * - `commit`: write and fsync;
 * - `committed_to_acknowledged`: until all its publishers have been answered;
 * - `committed_to_broadcast`: until it is on its way to subscribers and readers.
 */
export const hops = [
  'published_to_appended',
  'received_to_committed',
  'commit',
  'committed_to_acknowledged',
  'committed_to_broadcast',
] as const;

export type Hop = (typeof hops)[number];

/**
 * Hears how long hops take, in seconds: once for a batch or a commit, never for each event. Of a batch it is the first
 * event whose way is told.
 */
export type NoteHop = (hop: Hop, seconds: number) => void;
