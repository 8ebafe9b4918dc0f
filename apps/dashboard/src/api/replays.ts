/** `POST /api/replays`. */
export interface ReplayStart {
  /** Unix seconds, the events' own time, both included; without `to` up to the end of the log as it is now. */
  from: number;
  to?: number;
  /** 0.1 to 1000, or `max`. */
  speed: number | 'max';
  types?: string[];
  /** Begins paused. */
  paused?: boolean;
}

/** `PATCH /api/replays/:id`. */
export interface ReplayChange {
  speed?: number | 'max';
  paused?: boolean;
  /** Plays so many events and stands still. */
  step?: number;
}

/** `GET /api/replays`, and the event `replays` of the stream while one plays. `DELETE /api/replays/:id` stops it. */
export interface Replay {
  id: string;
  state: 'playing' | 'paused' | 'ended' | 'stopped' | 'failed';
  why: string | null;
  from_seq: number;
  to_seq: number;
  next_seq: number;
  sent: number;
  unheard: number;
  /** The time of the event played last. */
  at: number | null;
  speed: number | 'max';
  /** The topic prefix a subscriber listens to. */
  topic: string;
}
