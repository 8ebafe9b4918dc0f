/** Steps of the slider in seconds, and the keys that make them. */
export const steps = [
  { seconds: 1, name: 'second', short: '1 s', keys: '← →' },
  { seconds: 60, name: 'minute', short: '1 min', keys: 'Shift + ← →' },
  { seconds: 3_600, name: 'hour', short: '1 h', keys: 'Page Down, Up' },
  { seconds: 86_400, name: 'day', short: '1 d', keys: 'Shift + Page Down, Up' },
] as const;

/** What of a keyboard event tells how far to go. */
interface KeyPress {
  key: string;
  shiftKey: boolean;
  ctrlKey: boolean;
  altKey: boolean;
  metaKey: boolean;
}

/** A stretch of history; Unix seconds. */
export interface Span {
  from: number;
  to: number;
}

const forward: Readonly<Record<string, 1 | -1>> = {
  ArrowRight: 1,
  ArrowUp: 1,
  PageUp: 1,
  ArrowLeft: -1,
  ArrowDown: -1,
  PageDown: -1,
};

/**
 * Where a key press leads from an instant; undefined for one that is none of the slider's. The first and the last
 * instant of history are `Home` and `End`, as on every slider.
 */
export function instantAfterKey(press: KeyPress, at: number, span: Span): number | undefined {
  if (press.ctrlKey || press.altKey || press.metaKey) return undefined;
  if (press.key === 'Home') return span.from;
  if (press.key === 'End') return span.to;
  const direction = forward[press.key];
  if (direction === undefined) return undefined;
  const isPage = press.key.startsWith('Page');
  const { seconds } = steps[(isPage ? 2 : 0) + (press.shiftKey ? 1 : 0)]!;
  return clamp(at + direction * seconds, span);
}

export function clamp(at: number, { from, to }: Span): number {
  return Math.min(to, Math.max(from, at));
}

/** Where an instant lies in a span: 0 at its beginning, 1 at its end; 1 where the span is a single instant. */
export function fractionOf(at: number, { from, to }: Span): number {
  return to > from ? (clamp(at, { from, to }) - from) / (to - from) : 1;
}

/** The instant at a fraction of a span. At the ends it is exactly the end: no event there may be missed by rounding. */
export function instantAt(fraction: number, { from, to }: Span): number {
  if (fraction <= 0) return from;
  return fraction >= 1 ? to : from + fraction * (to - from);
}

const relative = /^([+-])\s*(\d+(?:\.\d+)?)\s*(ms|s|min|h|d)$/;
const unit_s: Readonly<Record<string, number>> = { ms: 0.001, s: 1, min: 60, h: 3_600, d: 86_400 };
const clock = /^(\d{1,2}):(\d{2})(?::(\d{2})(\.\d{1,9})?)?$/;
const local = /^(\d{4})-(\d{2})-(\d{2})(?:[T ]+(\d{1,2}):(\d{2})(?::(\d{2})(\.\d{1,9})?)?)?$/;
const zoned = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?\s*(?:Z|[+-]\d{2}:?\d{2})$/i;
const unixSeconds = /^\d{9,11}(\.\d{1,9})?$/;

/**
 * Reads an instant as a person writes it: `2025-08-21 17:58:19.469` (this browser's time), the same with `Z` or an
 * offset, `17:58` on the day of `now`, `-5min` and `+1h` from `now`, or Unix seconds. Undefined for anything else.
 */
export function readInstant(text: string, now: number): number | undefined {
  const given = text.trim();
  if (unixSeconds.test(given)) return Number(given);
  const step = relative.exec(given);
  if (step !== null) return now + (step[1] === '-' ? -1 : 1) * Number(step[2]) * unit_s[step[3]!]!;
  if (zoned.test(given)) return fromMilliseconds(Date.parse(given.replace(/\s+/, 'T').replace(/\s/g, '')));
  const time = clock.exec(given);
  if (time !== null) {
    const day = new Date(now * 1000);
    return localInstant([day.getFullYear(), day.getMonth() + 1, day.getDate()], time.slice(1));
  }
  const date = local.exec(given);
  if (date === null) return undefined;
  return localInstant([Number(date[1]), Number(date[2]), Number(date[3])], date.slice(4));
}

/** Undefined for a day or an hour that does not exist: `Date` would silently take the next one. */
function localInstant(
  [year, month, day]: readonly [number, number, number],
  [hours = '0', minutes = '0', seconds = '0', fraction = '']: ReadonlyArray<string | undefined>,
): number | undefined {
  const [h, m, s] = [Number(hours), Number(minutes), Number(seconds)];
  const date = new Date(year, month - 1, day, h, m, s);
  const isThatDay = date.getMonth() === month - 1 && date.getDate() === day;
  if (!isThatDay || h > 23 || m > 59 || s > 59) return undefined;
  return Math.floor(date.getTime() / 1000) + Number(`0${fraction}`);
}

function fromMilliseconds(time_ms: number): number | undefined {
  return Number.isFinite(time_ms) ? time_ms / 1000 : undefined;
}

/** An instant as `readInstant` reads it again, in this browser's time and to the millisecond. */
export function writeInstant(at: number): string {
  const date = new Date(Math.round(at * 1000));
  const two = (value: number) => String(value).padStart(2, '0');
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  const time = `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
  return `${day} ${time}.${String(date.getMilliseconds()).padStart(3, '0')}`;
}
