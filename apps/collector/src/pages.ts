import { type DeadLetter, type LoggedEvent, PlacedEvent, type Span } from '@bitten/storage/store';
import { type FetchReply, splitEvents } from '@bitten/transport';

/** The events of a page, each with its place and its text. */
export function eventsOf(page: FetchReply): Span<LoggedEvent> {
  const items = placed(page, (text, seq, appendedAt) => new PlacedEvent(text, seq, appendedAt));
  return { from: page.from, next: page.next, items };
}

/** The dead letters of a page. */
export function deadLettersOf(page: FetchReply): Span<DeadLetter & { seq: number; appendedAt: number }> {
  const items = placed(page, (text, seq, appendedAt) => ({
    ...(JSON.parse(text) as DeadLetter),
    seq,
    appendedAt,
  }));
  return { from: page.from, next: page.next, items };
}

function placed<Item>(
  page: FetchReply,
  make: (text: string, seq: number, appendedAt: number) => Item,
): Item[] {
  const items: Item[] = [];
  const texts = splitEvents(page.body);
  for (const [first, count, appendedAt] of page.runs) {
    for (let seq = first; seq < first + count; seq += 1)
      items.push(make(texts[items.length]!, seq, appendedAt));
  }
  return items;
}
