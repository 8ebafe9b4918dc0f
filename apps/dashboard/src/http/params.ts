import { badRequest } from './errors.js';

interface Bounds {
  min: number;
  max: number;
}

/** A whole number of a query; undefined where it is absent. Throws `HttpError` 400. */
export function wholeOf(name: string, text: string | undefined, { min, max }: Bounds): number | undefined {
  if (text === undefined || text === '') return undefined;
  const value = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= min && value <= max) return value;
  throw badRequest(name, {
    found: JSON.stringify(text.slice(0, 100)),
    expected: `a whole number from ${min} to ${max}`,
  });
}

/** A time in Unix seconds; undefined where it is absent. Throws `HttpError` 400. */
export function timeOf(name: string, text: string | undefined): number | undefined {
  if (text === undefined || text === '') return undefined;
  const value = /^-?\d{1,12}(\.\d{1,9})?$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isFinite(value)) return value;
  throw badRequest(name, { found: JSON.stringify(text.slice(0, 100)), expected: 'a time in Unix seconds' });
}
