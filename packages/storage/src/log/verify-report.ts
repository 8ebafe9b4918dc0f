/** Something on the disk that is not as it was written. */
export interface LogFinding {
  /**
   * `events`: events are unreadable or missing. `order`: records contradict each other. `spare`: a file that can be
   * made anew (an index, what is known of producers); no event is touched.
   */
  kind: 'events' | 'order' | 'spare' | 'identity';
  /** Full path. */
  file: string;
  /** Bytes from the file's beginning; null where it is about the whole file. */
  offset: number | null;
  /** The events concerned, `from` up to, not including, `to`; null where there are none. */
  from: number | null;
  to: number | null;
  found: string;
  expected: string;
  /** What is not touched by it. */
  safe: string;
  /** What to do. */
  remedy: string;
}

/** What a look at a whole log has shown. */
export interface LogReport {
  /** The log's id; null where it cannot be read. */
  id: string | null;
  /** The oldest event's place, and the place after the last one that was looked at. */
  first: number;
  next: number;
  segments: number;
  /** Good ones. */
  records: number;
  events: number;
  bytes: number;
  findings: LogFinding[];
  /** What is worth knowing and no damage: torn tails, segments that retention removed meanwhile. */
  notes: string[];
}

const restore = 'restore the file from a backup';

/** Events of a segment that cannot be read. */
export function damagedEvents(facts: {
  file: string;
  offset: number;
  from: number;
  to: number;
  found: string;
  isLast: boolean;
}): LogFinding {
  const { file, offset, from, to, found, isLast } = facts;
  const cutting = `; or stop the bus, keep a copy of the file and cut it to ${offset} bytes, which gives up event ${from} and all after it: then move log/cursors.json and bitten_events.db* out of the folder as well`;
  return {
    kind: 'events',
    file,
    offset,
    from,
    to,
    found,
    expected: `the record of event ${from}`,
    safe: `the events before ${from}, and those from ${to} on, are readable`,
    remedy: `${restore}${isLast ? cutting : ''}; what the store holds of these events stays there: do not rebuild the store before the log is whole again`,
  };
}

/** Records that are each whole and do not fit each other. */
export function disorder(facts: {
  file: string;
  offset: number;
  seq: number;
  found: string;
  expected: string;
}): LogFinding {
  const { file, offset, seq, found, expected } = facts;
  return {
    kind: 'order',
    file,
    offset,
    from: seq,
    to: seq + 1,
    found,
    expected,
    safe: 'all events are readable; checksums match, so this was written so',
    remedy: 'keep a copy of the folder and report it: no crash and no disk does this',
  };
}

/** A file that says again what the segments say. */
export function damagedSpare(facts: {
  file: string;
  found: string;
  expected: string;
  remedy: string;
}): LogFinding {
  return {
    kind: 'spare',
    ...facts,
    offset: null,
    from: null,
    to: null,
    safe: 'all events; this file only repeats what the segments say',
  };
}

/** A segment's header, or the segment itself. */
export function damagedSegment(facts: {
  file: string;
  from: number;
  to: number | null;
  found: string;
  expected: string;
  safe: string;
}): LogFinding {
  return { kind: 'events', offset: 0, remedy: restore, ...facts };
}
