import type { BusLink } from '@bitten/client';
import { type Catalogue, decodeEvent } from '@bitten/schema';
import type { Chosen } from './choose.js';
import { batchesOf, deliver } from './deliver.js';
import { type Block, cutBlocks } from './identity.js';
import { type Piece, planPieces } from './plan.js';
import type { ImportRecord } from './records.js';
import type { Tally } from './tally.js';

export interface ImportOptions {
  chosen: Chosen;
  tally: Tally;
  signal: AbortSignal;
  /** Hears how many bytes of the files have been read. */
  onBytes: (bytes: number) => void;
  /** Hears what a person should know. */
  onNote: (note: string) => void;
}

/**
 * Publishes what a file holds. Every event gets to the bus exactly once, however often the import is begun again.
 *
 * **Ordering.** Events are published in the order of the lines; the next piece only when the bus has acknowledged
 * all of the piece before.
 *
 * **Failure.** May be killed at any time. The bus knows which events it has handled, by producer and number, and
 * both follow from the file's content alone (see `identity.ts`).
 */
export async function runImport(options: ImportOptions & { link: BusLink }): Promise<void> {
  const { chosen, link, tally } = options;
  const blocks = cutBlocks(readChosen(options), chosen.format.identity);
  const ask = (producers: readonly string[]) =>
    Promise.all(producers.map((producer) => link.ask((client) => client.producerState(producer))));
  // One block ahead: the disk and the hashing work while the bus does.
  let ahead = blocks.next();
  for (;;) {
    const { done, value: block } = await ahead;
    if (done) return;
    ahead = blocks.next();
    ahead.catch(() => {});
    for await (const piece of planPieces(block, ask)) await publishPiece(options, block, piece);
    tally.records += block.records.length;
    tally.lastLine = block.records.at(-1)?.line ?? tally.lastLine;
  }
}

async function publishPiece(
  { chosen, link, tally }: ImportOptions & { link: BusLink },
  block: Block,
  piece: Piece,
): Promise<void> {
  const { producer, handled } = piece;
  const texts = new NumberedTexts(block.records.slice(piece.from, piece.to), chosen.format.map);
  tally.alreadyThere += texts.skip(handled);
  await deliver({
    link,
    producer,
    handled,
    batches: batchesOf(texts, handled + 1),
    onReply: (batch, reply) => {
      tally.stored += batch.count - reply.rejected.length;
      for (const { producer_seq, dead_letter, issues } of reply.rejected) {
        tally.addDeadLetter({ line: texts.lineOf(producer_seq), number: dead_letter ?? undefined, issues });
      }
    },
  });
}

/** The events of some records, numbered from 1, made one by one as they are asked for. */
class NumberedTexts implements Iterable<string> {
  readonly #texts: Iterator<string>;
  /** For each record begun: the number of its first event. */
  readonly #firsts: number[] = [];
  readonly #records: readonly ImportRecord[];
  #next = 1;

  constructor(records: readonly ImportRecord[], map: (record: ImportRecord) => string[]) {
    this.#records = records;
    this.#texts = this.#map(map);
  }

  /** Passes over the first events; returns how many there were. */
  skip(count: number): number {
    let skipped = 0;
    while (skipped < count && !this.#texts.next().done) skipped += 1;
    return skipped;
  }

  /** The line an event comes from. */
  lineOf(number: number): number | undefined {
    let low = 0;
    let high = this.#firsts.length - 1;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if (this.#firsts[middle]! <= number) low = middle;
      else high = middle - 1;
    }
    return this.#records[low]?.line;
  }

  [Symbol.iterator](): Iterator<string> {
    return this.#texts;
  }

  *#map(map: (record: ImportRecord) => string[]): Generator<string> {
    for (const record of this.#records) {
      const texts = map(record);
      this.#firsts.push(this.#next);
      this.#next += texts.length;
      yield* texts;
    }
  }
}

/** Reads and checks a file, and publishes nothing: `stored` then counts what would be. */
export async function dryRun(options: ImportOptions & { catalogue: Catalogue }): Promise<void> {
  const { chosen, tally, catalogue } = options;
  for await (const records of readChosen(options)) {
    for (const record of records) {
      tally.records += 1;
      for (const text of chosen.format.map(record)) {
        const decoded = decodeEvent(text, catalogue);
        if (decoded.ok) {
          tally.stored += 1;
          tally.addType(decoded.event.event_type);
        } else tally.addDeadLetter({ line: record.line, number: undefined, issues: decoded.issues });
      }
    }
  }
}

function readChosen({ chosen, onBytes, onNote, signal }: ImportOptions): AsyncIterable<ImportRecord[]> {
  return chosen.format.read(chosen.files, {
    onBytes,
    signal,
    onUnfinished: ({ line }) =>
      onNote(`line ${line}, the last, is not finished: left out, a later import takes it`),
  });
}
