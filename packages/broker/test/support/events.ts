/** A valid event's JSON; `mark` tells it from others. */
export function tick(mark: number | string, fields: Record<string, unknown> = {}): string {
  return JSON.stringify({
    event_type: 'market_data',
    timestamp: 1_757_957_318.5,
    source: 'mt5_feed',
    data: { symbol: 'EURUSD', bid: 1.1, ask: 1.2, timestamp: 1_757_957_318.5, mark },
    ...fields,
  });
}

/** An event that breaks a rule of its type. */
export function badTick(mark: number | string): string {
  return tick(mark, { data: { symbol: 'EURUSD', bid: -1, ask: 1.2, timestamp: 1, mark } });
}

export function bodyOf(texts: readonly string[]): Buffer {
  return Buffer.from(texts.join('\n'));
}

/** The marks of the events of a body. */
export function marksOf(body: Buffer): unknown[] {
  if (body.length === 0) return [];
  return body
    .toString()
    .split('\n')
    .map((text) => (JSON.parse(text) as { data: { mark: unknown } }).data.mark);
}
