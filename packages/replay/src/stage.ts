/** What a driver needs to know of an event: where it stands in the log, and when it happened. */
export interface ReplayItem {
  seq: number;
  /** Unix seconds, by the clock of the replay. */
  time: number;
}

/** What became of the items that were to be played. */
export interface Played {
  /** Where to go on: the first place that has not been played. */
  next: number;
  /** How many reached somebody. */
  sent: number;
  /** How many nobody listened to. */
  unheard: number;
}

/** Where the events of a replay come from, and where they are played. What its calls throw ends the replay. */
export interface ReplayStage<Item extends ReplayItem = ReplayItem> {
  /**
   * The next items from a place on, at most up to `to`, and where to go on reading. Throws a `GapError` where retention
   * has removed them: the driver goes on behind the gap.
   */
  read: (from: number, to: number) => Promise<{ items: Item[]; next: number }>;
  /** Plays items whose time has come, in order; fewer than all of them only where the replay has been stopped. */
  play: (items: readonly Item[]) => Promise<Played>;
  /** Plays what comes from a place on, as much as it likes, without anybody looking at the time. */
  sweep?: (from: number, to: number) => Promise<Played>;
}
