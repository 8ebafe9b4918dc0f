import type { Unit } from './declare.js';

const bytesPer: Readonly<Record<string, number>> = {
  b: 1,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  tb: 1e12,
  kib: 1024,
  mib: 1024 ** 2,
  gib: 1024 ** 3,
  tib: 1024 ** 4,
};

const millisecondsPer: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1e3,
  min: 60e3,
  h: 3600e3,
  d: 86_400e3,
  w: 7 * 86_400e3,
};

/**
 * A number written by a person, in the unit of the setting: `"64MiB"` is 67108864 bytes, `"7d"` is 604800 seconds.
 * A number without a suffix is taken as it is. Undefined for anything else; `1M` is refused because people
 * disagree whether it means minutes, 10⁶ or 2²⁰.
 */
export function parseQuantity(text: string, unit: Unit | undefined): number | undefined {
  const match = /^([+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?)\s*([a-z]*)$/i.exec(
    text.trim().replaceAll('_', ''),
  );
  if (match === null) return undefined;
  const number = Number(match[1]);
  const suffix = match[2]?.toLowerCase() ?? '';
  if (suffix === '') return number;
  if (unit === 'bytes') {
    const factor = bytesPer[suffix];
    return factor === undefined ? undefined : Math.round(number * factor);
  }
  if (unit === 'milliseconds' || unit === 'seconds') {
    const factor = millisecondsPer[suffix];
    if (factor === undefined) return undefined;
    return unit === 'milliseconds' ? number * factor : (number * factor) / 1000;
  }
  return undefined;
}

/** A short form for people: 67108864 bytes is `64MiB`, 604800 seconds is `7d`. Only exact short forms are used. */
export function formatQuantity(value: number, unit: Unit | undefined): string {
  if (unit === 'bytes')
    return shorten(value, bytesPer, ['TiB', 'GiB', 'MiB', 'KiB', 'TB', 'GB', 'MB', 'KB', 'B']);
  if (unit === 'milliseconds') return shorten(value, millisecondsPer, ['d', 'h', 'min', 's', 'ms']);
  if (unit === 'seconds') return shorten(value * 1000, millisecondsPer, ['d', 'h', 'min', 's', 'ms']);
  return String(value);
}

function shorten(value: number, per: Readonly<Record<string, number>>, suffixes: readonly string[]): string {
  for (const suffix of suffixes) {
    const factor = per[suffix.toLowerCase()] ?? 1;
    if (value !== 0 && Number.isInteger(value / factor)) return `${value / factor}${suffix}`;
  }
  return String(value);
}
