/** The value as text where it can stand in a text column; null where it cannot. */
export function text(value: unknown): string | null {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : null;
}

/** The value as a number where it can stand in a number column; null where it cannot. */
export function number(value: unknown): number | null {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string' || value.trim() === '') return null;
  const parsed = Number(value);
  return Number.isFinite(parsed) ? parsed : null;
}

/** The longest `data.symbol` that can be asked for; a longer one is kept in `data` only. */
const symbolLengthMax = 64;

/** `data.symbol` where it can be asked for. */
export function symbolOf(data: unknown): string | null {
  if (typeof data !== 'object' || data === null) return null;
  const symbol = (data as Record<string, unknown>).symbol;
  return typeof symbol === 'string' && symbol.length > 0 && symbol.length <= symbolLengthMax ? symbol : null;
}

/** The envelope's own words where an event lacks them; the bus lets no such event pass. */
const unnamed = 'unknown';

/** A name for `event_type` and `source`. */
export function nameOf(value: unknown): string {
  return text(value) ?? unnamed;
}

/** The event's time; where it has none that can be compared, the time it was appended. */
export function timestampOf(value: unknown, appendedAt: number): number {
  const timestamp = number(value);
  return timestamp !== null && Number.isFinite(timestamp) ? timestamp : appendedAt;
}
