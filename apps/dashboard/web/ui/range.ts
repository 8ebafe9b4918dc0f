/** Stretches of time that end now, as the address names them. */
export const spans = [
  { name: '1h', label: 'last hour', seconds: 3_600 },
  { name: '6h', label: 'last 6 hours', seconds: 21_600 },
  { name: '24h', label: 'last 24 hours', seconds: 86_400 },
  { name: '7d', label: 'last 7 days', seconds: 604_800 },
  { name: '30d', label: 'last 30 days', seconds: 2_592_000 },
] as const;
type SpanName = (typeof spans)[number]['name'];

/** The time a page shows: one that moves on with the clock, one that stands still, or all there is. */
export type Range =
  | { kind: 'all' }
  | { kind: 'span'; name: SpanName }
  /** Unix seconds; null for an open end. */
  | { kind: 'fixed'; from: number | null; to: number | null };

/** What of the address tells the time. */
export interface RangeQuery {
  [name: string]: string | undefined;
  span?: string | undefined;
  from?: string | undefined;
  to?: string | undefined;
}

/** Reads the address; what cannot be meant is left out. A time that ends before it begins is turned round. */
export function readRange({ span, from, to }: RangeQuery): Range {
  const found = spans.find(({ name }) => name === span);
  if (found !== undefined) return { kind: 'span', name: found.name };
  const [first, last] = [timeIn(from), timeIn(to)];
  if (first === null && last === null) return { kind: 'all' };
  if (first !== null && last !== null && first > last) return { kind: 'fixed', from: last, to: first };
  return { kind: 'fixed', from: first, to: last };
}

/** What to change in the address. */
export function writeRange(range: Range): { span?: string; from?: string; to?: string } {
  if (range.kind === 'span') return { span: range.name };
  if (range.kind === 'all') return {};
  return {
    ...(range.from === null ? {} : { from: String(range.from) }),
    ...(range.to === null ? {} : { to: String(range.to) }),
  };
}

/**
 * What the server is asked for. A span has no end, so that it holds what publishers with fast clocks say, and begins at
 * a full minute, so that it is not another question each time the page is drawn.
 */
export function boundsOf(range: Range, now: number): { from?: number; to?: number } {
  if (range.kind === 'all') return {};
  if (range.kind === 'span') {
    const { seconds } = spans.find(({ name }) => name === range.name)!;
    return { from: Math.floor((now - seconds) / 60) * 60 };
  }
  return {
    ...(range.from === null ? {} : { from: range.from }),
    ...(range.to === null ? {} : { to: range.to }),
  };
}

/** What an `<input type="datetime-local">` holds for a time: local, to the second; empty for none. */
export function toInput(time: number | null): string {
  if (time === null) return '';
  const local = new Date(time * 1000 - new Date(time * 1000).getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 19);
}

/** The time such an input holds; null where it is empty. */
export function fromInput(text: string): number | null {
  const time_ms = text === '' ? Number.NaN : new Date(text).getTime();
  return Number.isNaN(time_ms) ? null : time_ms / 1000;
}

/** As far as a `Date` reaches. */
const time_max = 8.64e12;

function timeIn(text: string | undefined): number | null {
  if (text === undefined || text.trim() === '') return null;
  const time = Number(text);
  return Number.isFinite(time) && time >= 0 && time <= time_max ? time : null;
}
