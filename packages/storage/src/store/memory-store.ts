import { AppliedCounts, systemClock } from './applied-counts.js';
import type { ComponentStatuses, EquityCurves, State, TimeRange } from './as-of/state.js';
import { nameOf, number, symbolOf, text, timestampOf } from './columns.js';
import { cutEventText } from './event-text.js';
import type { HopName, Lifecycle, LifecycleQuery, LifecycleState, PatternStats } from './lives/lifecycle.js';
import { MemoryLives } from './lives/memory-lives.js';
import { MemoryView } from './memory-view.js';
import type { SignalStats, SymbolStats, VolumeQuery, VolumeStats } from './rollups/rollups.js';
import type { EventPage, EventSearch } from './search/search.js';
import { limitOf, mayBind, remainder } from './spans.js';
import { resolutionOf, resolvedType } from './special-rows.js';
import { type FollowedLog, least, most } from './store-info.js';
import type {
  DeadLetter,
  DeadLetterQuery,
  DeadLetterResolution,
  EventQuery,
  LoggedEvent,
  Span,
  Store,
  StoredDeadLetter,
  StoredEvent,
  StoreGap,
  StoreStats,
  StoreSummary,
  TypeSummary,
} from './types.js';

/** The store's twin in memory, for tests: the same guarantees and answers, without a file. */
export class MemoryStore implements Store {
  logId: string | null = null;
  readonly #events: StoredEvent[] = [];
  readonly #deadLetters: StoredDeadLetter[] = [];
  /** What became of dead letters, also of those that have not come yet. */
  readonly #resolved = new Map<number, DeadLetterResolution[]>();
  readonly #cursors = { events: 1, dead_letters: 1 };
  readonly #gaps: StoreGap[] = [];
  readonly #counts: AppliedCounts;
  readonly #clock: () => number;

  constructor({ clock = systemClock }: { clock?: () => number } = {}) {
    this.#clock = clock;
    this.#counts = new AppliedCounts(clock);
  }

  bind(logId: string): void {
    const isEmpty = this.#cursors.events === 1 && this.#cursors.dead_letters === 1;
    if (mayBind(logId, this.logId, isEmpty)) this.logId = logId;
  }

  cursor(log: FollowedLog): number {
    return this.#cursors[log];
  }

  applyEvents(span: Span<LoggedEvent>): void {
    const items = this.#remainder('events', span);
    if (items === null) return;
    for (const item of items) {
      const event = storedEvent(item);
      this.#events.push(event);
      this.#resolve(event);
    }
    this.#cursors.events = span.next;
    this.#counts.add(items.length, 0);
  }

  applyDeadLetters(span: Span<DeadLetter & { seq: number; appendedAt: number }>): void {
    const items = this.#remainder('dead_letters', span);
    if (items === null) return;
    for (const { seq, appendedAt: _, ...letter } of items) {
      this.#deadLetters.push({
        ...letter,
        id: seq,
        status: this.#resolved.get(seq)?.at(-1)?.action ?? 'open',
      });
    }
    this.#cursors.dead_letters = span.next;
  }

  skip(log: FollowedLog, { to, why }: { to: number; why: string }): void {
    const from = this.#cursors[log];
    if (to <= from) return;
    this.#gaps.push({ log, from, to, why, noticed_at: this.#clock() });
    this.#cursors[log] = to;
  }

  gaps(): StoreGap[] {
    return structuredClone(this.#gaps);
  }

  queryEvents(query: EventQuery): StoredEvent[] {
    const limit = limitOf(query.limit);
    return this.#events
      .filter((event) => matches(event, query))
      .sort((a, b) => b.timestamp - a.timestamp || b.id - a.id)
      .slice(0, limit)
      .map((event) => structuredClone(event));
  }

  searchEvents(search: EventSearch): EventPage {
    return this.#view().search(search);
  }

  event(seq: number): StoredEvent | null {
    return structuredClone(this.#events.find(({ id }) => id === seq) ?? null);
  }

  eventsAbout(id: string, limit?: number): StoredEvent[] {
    return this.#view().about(id, limitOf(limit));
  }

  history(): { from: number; to: number } | null {
    return this.#view().history();
  }

  seqFrom(time: number): number | null {
    return this.#view().seqFrom(time);
  }

  stateAt(at: number): State {
    return this.#view().stateAt(at);
  }

  equity(query: TimeRange & { points: number }): EquityCurves {
    return this.#view().equity(query);
  }

  componentStatuses(range: TimeRange): ComponentStatuses[] {
    return this.#view().componentStatuses(range);
  }

  signalStats(range: TimeRange): SignalStats {
    return this.#view().signalStats(range);
  }

  symbolStats(range: TimeRange): SymbolStats[] {
    return this.#view().symbolStats(range);
  }

  volume(query: VolumeQuery): VolumeStats {
    return this.#view().volume(query);
  }

  deadLetters(query: DeadLetterQuery = {}): StoredDeadLetter[] {
    const { payload_length_max = Number.POSITIVE_INFINITY } = query;
    return this.#deadLetters
      .toReversed()
      .filter((letter) => isAsked(letter, query))
      .slice(0, limitOf(query.limit))
      .map((letter) => ({
        ...structuredClone(letter),
        payload: letter.payload.slice(0, payload_length_max),
      }));
  }

  deadLetterResolutions(place: number): DeadLetterResolution[] {
    return structuredClone(this.#resolved.get(place) ?? []);
  }

  deadLetterCounts(): Record<string, number> {
    const counts: Record<string, number> = {};
    for (const { status } of this.#deadLetters) {
      counts[status] = (counts[status] ?? 0) + 1;
    }
    return counts;
  }

  lifecycle(query: LifecycleQuery = {}): Lifecycle[] {
    return new MemoryLives(this.#events).select({ ...query, limit: limitOf(query.limit) });
  }

  slowestFires(hop: HopName, limit?: number): Lifecycle[] {
    return new MemoryLives(this.#events).slowest(hop, limitOf(limit));
  }

  lifecycleCounts(): Record<LifecycleState | 'all', number> {
    return new MemoryLives(this.#events).counts();
  }

  patternStats(): PatternStats[] {
    return new MemoryLives(this.#events).patterns();
  }

  getStats(): StoreStats {
    return this.#counts.stats();
  }

  summary(): StoreSummary {
    const types = new Map<string, TypeSummary>();
    for (const { event_type, timestamp } of this.#events) {
      const type = types.get(event_type);
      if (type === undefined) {
        types.set(event_type, { event_type, rows: 1, first_timestamp: timestamp, last_timestamp: timestamp });
        continue;
      }
      type.rows++;
      type.first_timestamp = Math.min(type.first_timestamp, timestamp);
      type.last_timestamp = Math.max(type.last_timestamp, timestamp);
    }
    const byType = [...types.values()].sort(
      (a, b) => b.rows - a.rows || (a.event_type < b.event_type ? -1 : 1),
    );
    return {
      log_id: this.logId,
      rows: this.#events.length,
      by_type: byType,
      first_timestamp: least(byType.map((type) => type.first_timestamp)),
      last_timestamp: most(byType.map((type) => type.last_timestamp)),
      dead_letters: this.#deadLetters.length,
      dead_letters_open: this.#deadLetters.filter(({ status }) => status === 'open').length,
      bytes: 0,
      wal_bytes: 0,
      cursors: { ...this.#cursors },
    };
  }

  close(): void {
    // Nothing to give back.
  }

  #resolve({ id, event_type, data, created_at }: StoredEvent): void {
    const resolution = event_type === resolvedType ? resolutionOf(data) : null;
    if (resolution === null) return;
    const { dead_letter, action } = resolution;
    const { seq, reason, by } = data;
    const said = { action, seq: number(seq), reason: text(reason), by: text(by) };
    const all = this.#resolved.get(dead_letter) ?? [];
    this.#resolved.set(dead_letter, [...all, { event_id: id, ...said, created_at }]);
    const letter = this.#deadLetters.find((each) => each.id === dead_letter);
    if (letter !== undefined) letter.status = action;
  }

  #view(): MemoryView {
    return new MemoryView(this.#events);
  }

  #remainder<Item extends { seq: number }>(log: FollowedLog, span: Span<Item>): readonly Item[] | null {
    return remainder(span, { log, cursor: this.#cursors[log], logId: this.logId });
  }
}

function storedEvent({ seq, appendedAt, text: raw, event }: LoggedEvent): StoredEvent {
  const cut = cutEventText(raw, event);
  const stored: StoredEvent = {
    id: seq,
    event_type: nameOf(event.event_type),
    timestamp: timestampOf(event.timestamp, appendedAt),
    source: nameOf(event.source),
    correlation_id: text(event.correlation_id),
    user_id: text(event.user_id),
    session_id: text(event.session_id),
    data: JSON.parse(cut.data) as Record<string, unknown>,
    created_at: appendedAt,
  };
  if (cut.extra !== null) stored.extra = JSON.parse(cut.extra) as Record<string, unknown>;
  return stored;
}

function matches(event: StoredEvent, query: EventQuery): boolean {
  return (
    (query.event_type === undefined || event.event_type === query.event_type) &&
    (query.source === undefined || event.source === query.source) &&
    (query.user_id === undefined || event.user_id === query.user_id) &&
    (query.correlation_id === undefined || event.correlation_id === query.correlation_id) &&
    (query.symbol === undefined || symbolOf(event.data) === query.symbol) &&
    (query.start_time === undefined || event.timestamp >= query.start_time) &&
    (query.end_time === undefined || event.timestamp <= query.end_time)
  );
}

function isAsked(letter: StoredDeadLetter, query: DeadLetterQuery): boolean {
  const { ids, statuses, event_types, sources, since, before } = query;
  const isAmong = <Value>(value: Value | null, allowed: readonly Value[] | undefined) =>
    allowed === undefined || (value !== null && allowed.includes(value));
  return (
    isAmong(letter.id, ids) &&
    isAmong(letter.status, statuses) &&
    isAmong(letter.event_type, event_types) &&
    isAmong(letter.source, sources) &&
    (since === undefined || letter.received_at >= since) &&
    (before === undefined || letter.id < before)
  );
}
