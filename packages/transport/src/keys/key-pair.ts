import { BittenError } from '@bitten/schema';
import { curveKeyPair } from 'zeromq';

/** A CURVE key pair; each half is 40 characters of Z85. */
export interface KeyPair {
  publicKey: string;
  secretKey: string;
}

/** What a client needs to come in: its own pair, and the bus's public key, by which it knows the bus. */
export interface ClientKey extends KeyPair {
  /** As the allow-list calls it. */
  name: string;
  serverKey: string;
}

/** A key file, or a name for one, that cannot be used. Never holds a secret. */
export class KeyFileError extends BittenError {
  readonly path: string;

  constructor(
    path: string,
    facts: { found: string; expected: string; remedy: string; cause?: unknown; code?: string },
  ) {
    super(facts.code ?? 'bad_key_file', `${path}: expected ${facts.expected}, found ${facts.found}`, facts);
    this.path = path;
  }
}

const keyPattern = /^[0-9A-Za-z.\-:+=^!/*?&<>()[\]{}@%$#]{40}$/;
const namePattern = /^[A-Za-z0-9_-][A-Za-z0-9._-]{0,63}$/;

/** Whether a text can be a key: 40 characters of Z85. */
export function isKey(text: string | undefined): text is string {
  return text !== undefined && keyPattern.test(text);
}

/** Whether a text can name a client: it is also the name of a file. */
export function isClientName(text: string | undefined): text is string {
  return text !== undefined && namePattern.test(text);
}

export function makeKeyPair(): KeyPair {
  const { publicKey, secretKey } = curveKeyPair();
  return { publicKey, secretKey };
}
