import { parseQuantity, UsageError } from '@bitten/runtime';
import { shorten, showFound } from '@bitten/schema';

const iso =
  /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?)?\s*(Z|[+-]\d{2}:?\d{2})?$/i;

/** Above this a number cannot be Unix seconds (that would be the year 5138), so it counts milliseconds. */
const seconds_max = 1e11;

/**
 * Unix seconds for what components write as a time: ISO 8601 to the microsecond and beyond, Unix seconds, Unix
 * milliseconds, as number or text. A time without a zone is UTC, as the running system means it. Undefined for
 * anything else.
 */
export function readTimestamp(value: unknown): number | undefined {
  if (typeof value === 'number') return unixSeconds(value);
  if (typeof value !== 'string') return undefined;
  const text = value.trim();
  if (/^\d+(\.\d+)?$/.test(text)) return unixSeconds(Number(text));
  const parts = iso.exec(text);
  if (parts === null) return undefined;
  const [, year, month, day, hour = '00', minute = '00', second = '00', fraction = '0', zone = 'Z'] = parts;
  const whole_ms = Date.UTC(+year!, +month! - 1, +day!, +hour, +minute, +second);
  const parsed = { year: +year!, month: +month!, day: +day!, hour: +hour, minute: +minute };
  if (!isSameDate(whole_ms, parsed)) return undefined;
  const offset_s = readOffset(zone);
  // As one decimal number, because seconds and fraction added as doubles may end on another last digit.
  return offset_s === undefined ? undefined : Number(`${whole_ms / 1000 - offset_s}.${fraction}`);
}

function unixSeconds(number: number): number | undefined {
  if (!Number.isFinite(number) || number <= 0) return undefined;
  return number > seconds_max ? number / 1000 : number;
}

/** `Date.UTC` turns the 31st of February into a day of March, and the year 71 into 1971, instead of refusing them. */
function isSameDate(
  ms: number,
  parts: { year: number; month: number; day: number; hour: number; minute: number },
): boolean {
  const date = new Date(ms);
  return (
    date.getUTCFullYear() === parts.year &&
    date.getUTCMonth() + 1 === parts.month &&
    date.getUTCDate() === parts.day &&
    date.getUTCHours() === parts.hour &&
    date.getUTCMinutes() === parts.minute
  );
}

/** Seconds east of UTC for `Z`, `+02:00`, `-0500`; undefined for anything else. */
export function readOffset(text: string): number | undefined {
  if (/^z$/i.test(text)) return 0;
  const match = /^([+-])(\d{2}):?(\d{2})$/.exec(text);
  if (match === null) return undefined;
  const [, sign, hours, minutes] = match;
  if (Number(hours) > 14 || Number(minutes) > 59) return undefined;
  return (sign === '-' ? -1 : 1) * (Number(hours) * 3600 + Number(minutes) * 60);
}

/** A duration such as `10ms`, `2s`, `1h` or `7d` in milliseconds; a bare number counts seconds. */
export function parseDuration(text: string, flag: string): number {
  const ms = /^\d+(\.\d+)?$/.test(text) ? Number(text) * 1000 : parseQuantity(text, 'milliseconds');
  if (ms === undefined || !Number.isFinite(ms) || ms < 0) {
    throw new UsageError(
      `${flag}: expected a duration, found ${showFound(text)}`,
      'write 10ms, 2s, 15min, 1h or 7d',
    );
  }
  return ms;
}

/** Below this (September 2001) a bare number was hardly meant as Unix seconds: `--since 10` lacks its unit. */
const unixSeconds_min = 1e9;

/**
 * A moment for `--since` and `--until`: a duration ago, an ISO time (local where it has no zone), Unix seconds, or
 * `now`.
 */
export function parseMoment(given: string, flag: string, now: number): number {
  const text = given.trim();
  if (text === 'now') return now;
  if (/^\d+(\.\d+)?$/.test(text) && Number(text) < unixSeconds_min) {
    throw new UsageError(
      `${flag}: expected a time, found ${shorten(text)} without a unit`,
      `write ${shorten(text)}s, ${shorten(text)}min, ${shorten(text)}h or ${shorten(text)}d (that long ago)`,
    );
  }
  if (/^\d+(\.\d+)?\s*[a-z]+$/i.test(text)) return now - parseDuration(text, flag) / 1000;
  const hasZone = /(Z|[+-]\d{2}:?\d{2})$/i.test(text) || /^\d+(\.\d+)?$/.test(text);
  const moment = hasZone ? readTimestamp(text) : localTime(text);
  if (moment === undefined) {
    throw new UsageError(
      `${flag}: expected a time, found ${showFound(text)}`,
      'write a duration such as 1h or 7d (that long ago), or a time such as 2025-08-21T17:58 or 2025-08-21T17:58Z',
    );
  }
  return moment;
}

/** What a person types without a zone means the clock on their wall, unlike what a component writes. */
function localTime(text: string): number | undefined {
  const utc = readTimestamp(text);
  if (utc === undefined) return undefined;
  const date = new Date(utc * 1000);
  const local = new Date(
    date.getUTCFullYear(),
    date.getUTCMonth(),
    date.getUTCDate(),
    date.getUTCHours(),
    date.getUTCMinutes(),
    date.getUTCSeconds(),
  );
  return local.getTime() / 1000 + (utc % 1);
}

/** `14:03:07.123` for today, with the date in front for any other day; in local time. */
export function formatTime(time: number, now: number): string {
  const date = new Date(time * 1000);
  if (Number.isNaN(date.getTime())) return String(time);
  const today = new Date(now * 1000);
  const clock = `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}.${String(date.getMilliseconds()).padStart(3, '0')}`;
  const isToday = date.toDateString() === today.toDateString();
  return isToday
    ? clock
    : `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${clock}`;
}

/** `3 d 4 h`, `12 min 5 s`, `2.4 s`, `850 ms`: the two largest parts. */
export function formatDuration(seconds: number): string {
  if (seconds < 1) return `${Math.round(seconds * 1000)} ms`;
  if (seconds < 10) return `${Number(seconds.toFixed(1))} s`;
  const whole = Math.round(seconds);
  const parts: Array<[number, string]> = [
    [Math.floor(whole / 86_400), 'd'],
    [Math.floor((whole % 86_400) / 3600), 'h'],
    [Math.floor((whole % 3600) / 60), 'min'],
    [whole % 60, 's'],
  ];
  const first = parts.findIndex(([amount]) => amount > 0);
  const shown = parts.slice(first, first + 2).filter(([amount]) => amount > 0);
  return shown.map(([amount, unit]) => `${amount} ${unit}`).join(' ');
}

function two(number: number): string {
  return String(number).padStart(2, '0');
}
