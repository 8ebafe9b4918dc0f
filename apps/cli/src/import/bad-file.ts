import { BittenError } from '@bitten/schema';

/** A file that cannot be read in the format asked for. */
export class BadFileError extends BittenError {
  constructor(file: string, facts: { found: string; expected: string; remedy: string; cause?: unknown }) {
    super('bad_file', `${file}: expected ${facts.expected}, found ${facts.found}`, facts);
  }
}
