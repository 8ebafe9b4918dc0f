/** One decoder under test. */
export interface Target {
  name: string;
  /** What it reads in good days: cases are made of these. */
  samples: readonly Buffer[];
  /** Hands it one input. Throws, or rejects, where the decoder does what it must not. */
  run: (input: Buffer) => void | Promise<void>;
}

/** Longest message of an error that was caused by an input, in characters: twenty issues and some words. */
const message_length_max = 20_000;

/**
 * Runs a decoder, which may refuse an input by its documented errors and in no other way. Returns what it made of
 * the input; undefined where it refused.
 */
export function refusing<Result>(
  documented: ReadonlyArray<abstract new (...given: never[]) => Error>,
  decode: () => Result,
): Result | undefined {
  try {
    return decode();
  } catch (error) {
    if (!documented.some((kind) => error instanceof kind)) throw error;
    checkMessage((error as Error).message);
    return undefined;
  }
}

/** A message goes to a terminal or a log file: it is bounded, and one byte of it cannot clear the screen. */
function checkMessage(message: string): void {
  if (message.length > message_length_max) throw new Error(`a message of ${message.length} characters`);
  if (/[\p{Cc}\p{Cs}]/u.test(message.replaceAll('\n', ''))) {
    throw new Error(`a message that is not printable: ${JSON.stringify(message.slice(0, 500))}`);
  }
}

export function bytesOf(...texts: readonly (string | object)[]): Buffer[] {
  return texts.map((text) => Buffer.from(typeof text === 'string' ? text : JSON.stringify(text)));
}
