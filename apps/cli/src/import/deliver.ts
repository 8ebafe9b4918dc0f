import type { BusLink } from '@bitten/client';
import { joinEvents, oneLine, type PublishReply } from '@bitten/transport';

/** Events with consecutive numbers of one producer. */
export interface Batch {
  first: number;
  count: number;
  body: Buffer;
}

export interface DeliverOptions {
  link: BusLink;
  producer: string;
  /** Everything up to this number has been handled in an earlier import. */
  handled: number;
  /** The events behind it, in order. */
  batches: Iterator<Batch>;
  onReply: (batch: Batch, reply: PublishReply) => void;
}

/** Requests on the way at the same time. */
const window = 8;
const batch_events_max = 1_000;
const batch_bytes_max = 512 * 1024;

interface Sent {
  batch: Batch;
  reply: Promise<PublishReply>;
}

/**
 * Publishes a producer's batches and returns when all are acknowledged.
 *
 * **Ordering.** Batches leave in the order of their numbers.
 *
 * **Failure.** What is not acknowledged is kept, and after a lost connection sent again under the same numbers:
 * the bus drops what it has. Throws what `BusLink.recover` throws when the bus stays away.
 */
export async function deliver(options: DeliverOptions): Promise<void> {
  const { link, producer, batches, onReply } = options;
  let acked = options.handled;
  const sent: Sent[] = [];
  const send = (batch: Batch): Promise<PublishReply> => {
    const reply = link.client.publish({ producer, acked, ...batch });
    // It is awaited in its turn; until then its failure is no unhandled one.
    reply.catch(() => {});
    return reply;
  };
  for (;;) {
    while (sent.length < window) {
      const next = batches.next();
      if (next.done) break;
      sent.push({ batch: next.value, reply: send(next.value) });
    }
    const [oldest] = sent;
    if (oldest === undefined) return;
    try {
      const reply = await oldest.reply;
      link.succeeded();
      sent.shift();
      acked = oldest.batch.first + oldest.batch.count - 1;
      onReply(oldest.batch, reply);
    } catch (error) {
      await link.recover(error);
      for (const each of sent) each.reply = send(each.batch);
    }
  }
}

/** Groups texts into batches; the first gets the number `first`. */
export function* batchesOf(texts: Iterable<string>, first: number): Generator<Batch> {
  let batch: string[] = [];
  let characters = 0;
  let next = first;
  const take = (): Batch => {
    const taken = { first: next, count: batch.length, body: joinEvents(batch) };
    next += batch.length;
    batch = [];
    characters = 0;
    return taken;
  };
  for (const text of texts) {
    batch.push(oneLine(text));
    characters += text.length;
    if (batch.length >= batch_events_max || characters >= batch_bytes_max) yield take();
  }
  if (batch.length > 0) yield take();
}
