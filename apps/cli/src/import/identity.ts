import { createHash, type Hash } from 'node:crypto';
import type { ImportRecord } from './records.js';

/**
 * Records of a file that follow each other, small enough for memory, with what their producers' ids are made of.
 *
 * Where a block begins and ends depends on nothing but the file's content from its beginning, so that every
 * import of a file, also of one that has grown, cuts the same blocks.
 */
export interface Block {
  records: readonly ImportRecord[];
  /** Whether the file goes on behind it, or it has its full size: no line will ever be added to it. */
  isFull: boolean;
  digests: Digests;
}

const block_records_min = 1_000;
const block_records_max = 65_536;
const block_bytes_max = 16 * 1024 * 1024;

/**
 * Cuts records into blocks of 1,000, 1,000, 2,000, 4,000 … up to 65,536 records, or 16 MiB: a million lines make
 * 25 blocks, and so few producers for the bus to remember.
 *
 * `identity` says how lines become events: the same file read in another way is another import.
 */
export async function* cutBlocks(
  source: AsyncIterable<readonly ImportRecord[]>,
  identity: string,
): AsyncGenerator<Block> {
  let hash = createHash('sha256').update(`${identity}\n`);
  let records: ImportRecord[] = [];
  let bytes = 0;
  let index = 0;
  for await (const some of source) {
    for (const record of some) {
      records.push(record);
      bytes += record.text.length;
      if (records.length < blockSize(index) && bytes < block_bytes_max) continue;
      const digests = new Digests(hash, records);
      yield { records, isFull: true, digests };
      hash = digests.end();
      records = [];
      bytes = 0;
      index += 1;
    }
  }
  if (records.length > 0) yield { records, isFull: false, digests: new Digests(hash, records) };
}

/** How many records the block of an index holds. */
export function blockSize(index: number): number {
  return Math.min(block_records_min * 2 ** Math.max(0, index - 1), block_records_max);
}

/** Digests of everything from the beginning of the file to a record of a block. */
export class Digests {
  readonly #before: Hash;
  readonly #records: readonly ImportRecord[];
  readonly #known = new Map<number, string>();
  #end: Hash | undefined;

  constructor(before: Hash, records: readonly ImportRecord[]) {
    this.#before = before;
    this.#records = records;
  }

  /** The state of the hash behind the block's last record: where the next block begins. */
  end(): Hash {
    this.#end ??= this.#pass(() => false);
    return this.#end.copy();
  }

  /** Makes the digests at these numbers of records known, in one pass for all of them. */
  prepare(counts: Iterable<number>): void {
    const wanted = new Set([...counts].filter((count) => !this.#known.has(count)));
    if (wanted.size > 0) this.#end = this.#pass((count) => wanted.has(count));
  }

  /** Hex, of everything up to and with the block's first `count` records. */
  at(count: number): string {
    this.prepare([count]);
    return this.#known.get(count)!;
  }

  #pass(isWanted: (count: number) => boolean): Hash {
    const hash = this.#before.copy();
    let count = 0;
    for (const { text } of this.#records) {
      hash.update(text).update('\n');
      count += 1;
      if (isWanted(count)) this.#known.set(count, hash.copy().digest('hex'));
    }
    return hash;
  }
}

/**
 * The producer under which records `from` up to `to` of a block are published. It names their content and
 * everything before it, so that it means the same events whenever and from whatever file name it is made, and
 * never those of another file, however alike the two begin.
 */
export function producerId(digests: Digests, from: number, to: number): string {
  return `import:${digests.at(to).slice(0, 32)}:${to - from}`;
}

/** Pieces are so many records long: a digit from 1 to 15 times a power of 16. */
const base = 16;

/**
 * The lengths a piece may have where `left` records are left, the longest first. So few lengths are possible
 * that all can be asked for, and any number of records is a handful of pieces.
 */
export function pieceLengths(left: number): number[] {
  const lengths: number[] = [];
  for (let unit = 1; unit <= left; unit *= base) {
    for (let digit = 1; digit < base && digit * unit <= left; digit += 1) lengths.push(digit * unit);
  }
  return lengths.reverse();
}
