import type { Envelope } from '@bitten/schema';
import type { LoggedEvent, Span } from '../store/types.js';

/** Unix seconds at which the events of these tests begin. */
export const storeEpoch = 1_757_957_318.125;

/** An event at a place of the log, as the collector hands it over; `text` is what a publisher wrote. */
export function loggedEvent(seq: number, event: Partial<Envelope> = {}, text?: string): LoggedEvent {
  const tick = { symbol: 'EURUSD', bid: 1.08512, ask: 1.08525, volume: seq, timestamp: storeEpoch + seq };
  const { data = tick, ...fields } = event;
  const envelope = { event_type: 'market_data', timestamp: storeEpoch + seq, source: 'mt5_feed', ...fields };
  // `data` last, as our own encoder writes it.
  const whole = { ...envelope, data };
  const written = text ?? JSON.stringify(whole);
  return {
    seq,
    appendedAt: storeEpoch + seq + 0.25,
    text: written,
    event: JSON.parse(written) as Envelope,
  };
}

/** An event exactly as a publisher wrote it. */
export function writtenEvent(seq: number, text: string): LoggedEvent {
  return loggedEvent(seq, {}, text);
}

/** A span of consecutive places from the first item on. */
export function spanOf<Item extends { seq: number }>(items: readonly Item[]): Span<Item> {
  const from = items[0]?.seq ?? 1;
  return { from, next: from + items.length, items };
}

/** A span of market data at the places `from` up to, not including, `next`. */
export function spanOfTicks(from: number, next: number): Span<LoggedEvent> {
  return spanOf(Array.from({ length: next - from }, (_, i) => loggedEvent(from + i)));
}
