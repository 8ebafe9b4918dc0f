import type { Block } from './identity.js';
import { pieceLengths, producerId } from './identity.js';

/** Records `from` up to `to` of a block, published under one producer. */
export interface Piece {
  from: number;
  to: number;
  producer: string;
  /** How many of its events the bus has handled already. */
  handled: number;
}

/** How far the bus has handled each of some producers; 0 for one it does not know. */
export type AskStates = (producers: readonly string[]) => Promise<number[]>;

/**
 * Cuts a block into the pieces it is published in, one after the other. The next piece is looked for only when
 * the one before has been published whole.
 *
 * A full block is one piece. The end of a file is cut into pieces of certain lengths only; when the file has
 * grown, the pieces of the earlier imports are found again by asking for each of these lengths.
 *
 * **Failure.** Wherever an import was cut off, the piece it was in is found again, with how much of it the bus
 * has handled, and goes on from there.
 */
export async function* planPieces(block: Block, ask: AskStates): AsyncGenerator<Piece> {
  const { records, digests } = block;
  const size = records.length;
  let from = 0;
  let isPrepared = false;
  if (block.isFull) {
    const [whole] = await find(block, { from: 0, lengths: [size], ask });
    if (whole !== undefined) {
      yield whole;
      return;
    }
  }
  while (from < size) {
    const lengths = pieceLengths(size - from);
    if (from > 0 && !isPrepared) {
      // Where there is a second piece there may be many: one pass over the block for all of them.
      digests.prepare(records.map((_, index) => index + 1));
      isPrepared = true;
    }
    const [known] = await find(block, { from, lengths, ask });
    const isUntouched = known === undefined && from === 0 && block.isFull;
    const length = isUntouched ? size : lengths[0]!;
    const piece = known ?? {
      from,
      to: from + length,
      producer: producerId(digests, from, from + length),
      handled: 0,
    };
    yield piece;
    from = piece.to;
  }
}

/** The pieces of these lengths the bus knows. */
async function find(
  block: Block,
  options: { from: number; lengths: readonly number[]; ask: AskStates },
): Promise<Piece[]> {
  const { from, lengths, ask } = options;
  block.digests.prepare(lengths.map((length) => from + length));
  const pieces = lengths.map((length) => {
    const to = from + length;
    return { from, to, producer: producerId(block.digests, from, to) };
  });
  const states = await ask(pieces.map((piece) => piece.producer));
  return pieces.map((piece, at) => ({ ...piece, handled: states[at]! })).filter((piece) => piece.handled > 0);
}
