import { showFound } from '@bitten/schema';
import { BadRequestError } from './errors.js';

/** A parsed JSON object whose fields nobody has looked at yet. */
export type Fields = Record<string, unknown>;

/** Reads the fields of one header; whoever owns it decides which error a bad field becomes. */
export type Refuse = (field: string, found: string, expected: string) => Error;

/** Refusals of a request: `bad_request` naming the field. */
export function refuseRequest(id: number): Refuse {
  return (field, found, expected) =>
    new BadRequestError('bad_request', `${field} is ${found}, not ${expected}`, { id, found, expected });
}

/** A value in a few printable characters, for an error. Looks one level deep: nesting may overflow the stack. */
export function show(value: unknown): string {
  return value === undefined ? 'missing' : showFound(value);
}

export function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isWhole(value: unknown, min: number, max: number = Number.MAX_SAFE_INTEGER): value is number {
  return Number.isSafeInteger(value) && (value as number) >= min && (value as number) <= max;
}

interface Bounds {
  min: number;
  max?: number;
  /** Taken where the field is absent; without it the field is required. */
  fallback?: number;
}

export function readWhole(fields: Fields, name: string, bounds: Bounds, refuse: Refuse): number {
  const value = fields[name];
  if (value === undefined && bounds.fallback !== undefined) return bounds.fallback;
  if (isWhole(value, bounds.min, bounds.max)) return value;
  const range = bounds.max === undefined ? `from ${bounds.min} on` : `from ${bounds.min} to ${bounds.max}`;
  throw refuse(name, show(value), `a whole number ${range}`);
}

export function readNumber(fields: Fields, name: string, refuse: Refuse): number {
  const value = fields[name];
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  throw refuse(name, show(value), 'a number');
}

export function readText(fields: Fields, name: string, refuse: Refuse): string {
  const value = fields[name];
  if (typeof value === 'string') return value;
  throw refuse(name, show(value), 'a string');
}

export function readName(fields: Fields, name: string, pattern: RegExp, refuse: Refuse): string {
  const value = fields[name];
  if (typeof value === 'string' && pattern.test(value)) return value;
  throw refuse(name, show(value), `a string like ${pattern.source}`);
}

export function readFlag(fields: Fields, name: string, fallback: boolean, refuse: Refuse): boolean {
  const value = fields[name];
  if (value === undefined) return fallback;
  if (typeof value === 'boolean') return value;
  throw refuse(name, show(value), 'true or false');
}

export function readList(fields: Fields, name: string, refuse: Refuse): unknown[] {
  const value = fields[name];
  if (Array.isArray(value)) return value;
  throw refuse(name, show(value), 'a list');
}
