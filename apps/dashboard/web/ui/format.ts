const numbers = new Intl.NumberFormat('en-GB', { maximumFractionDigits: 0 });
const small = new Intl.NumberFormat('en-GB', { maximumSignificantDigits: 3 });
const money = new Intl.NumberFormat('en-GB', { minimumFractionDigits: 2, maximumFractionDigits: 2 });

/** `12,345`; small fractions keep three digits. */
export function count(value: number): string {
  return Math.abs(value) >= 100 || Number.isInteger(value) ? numbers.format(value) : small.format(value);
}

/** `10,050.00`; a dash where there is none. */
export function amount(value: number | null): string {
  return value === null ? '–' : money.format(value);
}

/** `64.2 %`; a dash where there is none. */
export function percent(share: number | null): string {
  return share === null ? '–' : `${(share * 100).toFixed(1)} %`;
}

/** `1.2 GB`, in thousands. */
export function bytes(value: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  const power = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(1, value)) / 3)));
  const scaled = value / 1000 ** power;
  return `${power > 0 && scaled < 10 ? scaled.toFixed(1) : numbers.format(scaled)} ${units[power]}`;
}

/** `4.2 ms`, `1.5 s`, `3 min`, `2 h 5 min`, `3 d 4 h`; a dash where there is none. */
export function duration(seconds: number | null): string {
  if (seconds === null) return '–';
  const sign = seconds < 0 ? '−' : '';
  const s = Math.abs(seconds);
  if (s < 1) return `${sign}${small.format(s * 1000)} ms`;
  if (s < 60) return `${sign}${small.format(s)} s`;
  if (s < 3_600) return `${sign}${pair(Math.round(s), 60, 'min', 's')}`;
  if (s < 86_400) return `${sign}${pair(Math.round(s / 60), 60, 'h', 'min')}`;
  return `${sign}${pair(Math.round(s / 3_600), 24, 'd', 'h')}`;
}

function pair(units: number, per: number, large: string, small_: string): string {
  const rest = units % per;
  return rest === 0
    ? `${Math.floor(units / per)} ${large}`
    : `${Math.floor(units / per)} ${large} ${rest} ${small_}`;
}

const pad = (value: number) => String(value).padStart(2, '0');

/** `14:32:07`, local. */
export function clock(time: number): string {
  const date = new Date(time * 1000);
  return `${pad(date.getHours())}:${pad(date.getMinutes())}:${pad(date.getSeconds())}`;
}

/** `2026-01-05 14:32:07`, local; with milliseconds where they are wanted. */
export function dateTime(time: number, { milliseconds = false } = {}): string {
  const date = new Date(time * 1000);
  if (Number.isNaN(date.getTime())) return String(time);
  const day = `${date.getFullYear()}-${pad(date.getMonth() + 1)}-${pad(date.getDate())}`;
  const fraction = milliseconds ? `.${String(date.getMilliseconds()).padStart(3, '0')}` : '';
  return `${day} ${clock(time)}${fraction}`;
}

/** The offset all times are shown in: `UTC+1`. */
export function zone(): string {
  const minutes = -new Date().getTimezoneOffset();
  if (minutes === 0) return 'UTC';
  const hours = Math.trunc(minutes / 60);
  const rest = Math.abs(minutes % 60);
  return `UTC${minutes > 0 ? '+' : '−'}${Math.abs(hours)}${rest === 0 ? '' : `:${pad(rest)}`}`;
}

/** `just now`, `12 s ago`, `in 3 min`. */
export function ago(time: number, at = Date.now() / 1000): string {
  const seconds = at - time;
  if (Math.abs(seconds) < 1) return 'just now';
  const whole = seconds < 60 ? Math.round(Math.abs(seconds)) : Math.abs(seconds);
  return seconds > 0 ? `${duration(whole)} ago` : `in ${duration(whole)}`;
}

/** A singular or plural with its number: `1 event`, `12 events`. */
export function counted(value: number, one: string, many = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : many}`;
}
