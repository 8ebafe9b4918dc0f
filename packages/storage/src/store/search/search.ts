import type { StoredEvent } from '../types.js';

/** Which events; one passes that is in every list given, within the time and with the text. */
export interface EventSearch {
  types?: readonly string[];
  symbols?: readonly string[];
  users?: readonly string[];
  sources?: readonly string[];
  correlation?: string;
  /** Occurs in the JSON of `data`; capital and small letters of ASCII are the same. */
  text?: string;
  /** Unix seconds, inclusive, the events' own time. */
  from?: number;
  to?: number;
  /** `next` of the page before. */
  before?: EventPlace;
  /** Default 100. */
  limit?: number;
  /** How many rows may be looked at for a page where no index says which; default 50,000, or what 50 ms do. */
  scan_max?: number;
}

/** Where an event stands in the order of a search: by its own time, the later `seq` first where that is equal. */
export interface EventPlace {
  timestamp: number;
  seq: number;
}

export interface EventPage {
  /** Newest first by their own time. */
  events: StoredEvent[];
  /** Where the next page begins; null at the end. */
  next: EventPlace | null;
  /**
   * Where a page has ended because enough rows had been looked at: Unix seconds, back to which all has been. Null
   * where it is full, or nothing is left.
   */
  searched_to: number | null;
}

export const scanMax_default = 50_000;
export const scan_ms_max = 50;

/** Newest first. */
export function compareNewest(a: EventPlace, b: EventPlace): number {
  return b.timestamp - a.timestamp || b.seq - a.seq;
}

/** The text as a pattern of LIKE, with nothing in it that LIKE would take for something else. */
export function likePattern(text: string): string {
  return `%${text.replaceAll(/[\\%_]/g, '\\$&')}%`;
}
