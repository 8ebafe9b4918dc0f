import { join } from 'node:path';
import { type ClientKey, isClientName, isKey, KeyFileError, type KeyPair, makeKeyPair } from './key-pair.js';
import { createPrivateFile, ensureKeyFolder, readPrivateFile } from './private-file.js';

/** The files of a folder of keys. */
export function keyFilesIn(keysDir: string): { server: string; allowed: string; clients: string } {
  return {
    server: join(keysDir, 'server.key'),
    allowed: join(keysDir, 'allowed_keys'),
    clients: join(keysDir, 'clients'),
  };
}

const allowedHeader =
  '# Who may come in: one public key and its name a line. The bus reads changes by itself.\n';

/**
 * Makes the bus's own pair and an allow-list with nobody on it. Returns the public key. Throws `KeyFileError`, with
 * code `key_exists` where there is a pair: nothing is ever overwritten.
 */
export function createServerKey(keysDir: string): string {
  ensureKeyFolder(keysDir);
  const { server, allowed } = keyFilesIn(keysDir);
  const { publicKey, secretKey } = makeKeyPair();
  const lines = [
    '# The key pair of the bus. It stays on this machine.',
    `public ${publicKey}`,
    `secret ${secretKey}`,
  ];
  createPrivateFile(server, `${lines.join('\n')}\n`);
  try {
    createPrivateFile(allowed, allowedHeader);
  } catch (error) {
    // A list that is there already keeps those it names.
    if (!(error instanceof KeyFileError && error.code === 'key_exists')) throw error;
  }
  return publicKey;
}

/** Throws `KeyFileError`. */
export function readServerKey(keysDir: string): KeyPair {
  const { server } = keyFilesIn(keysDir);
  const remedy = `make one: bitten keys init --keys-dir ${keysDir}`;
  const fields = readFields(server, { expected: 'the key pair of the bus', remedy });
  return { publicKey: readKey(server, fields, 'public'), secretKey: readKey(server, fields, 'secret') };
}

/** Makes the pair of a client, in a file of its own that is all the client needs. Throws `KeyFileError`. */
export function createClientKey(keysDir: string, name: string): { file: string; key: ClientKey } {
  const { clients } = keyFilesIn(keysDir);
  if (!isClientName(name)) {
    throw new KeyFileError(name, {
      found: 'another name',
      expected: '1 to 64 of A-Z a-z 0-9 . _ -, with no dot in front',
      remedy: 'choose a name such as webapp',
    });
  }
  const { publicKey: serverKey } = readServerKey(keysDir);
  ensureKeyFolder(clients);
  const file = join(clients, `${name}.key`);
  const key: ClientKey = { name, ...makeKeyPair(), serverKey };
  const lines = [
    `# The key pair of a client of the bus, and the public key of the bus. Only ${name} may read it.`,
    `name ${name}`,
    `public ${key.publicKey}`,
    `secret ${key.secretKey}`,
    `server ${serverKey}`,
  ];
  createPrivateFile(file, `${lines.join('\n')}\n`);
  return { file, key };
}

/** Reads a client's key file. Throws `KeyFileError`, also where others may read it. */
export function readClientKey(file: string): ClientKey {
  const remedy = 'make one where the bus is: bitten keys client NAME; and name it with BITTEN_KEY_FILE';
  const fields = readFields(file, { expected: 'the key file of a client', remedy });
  return {
    name: fields.get('name') ?? '',
    publicKey: readKey(file, fields, 'public'),
    secretKey: readKey(file, fields, 'secret'),
    serverKey: readKey(file, fields, 'server'),
  };
}

/** Lines of a word and a value; those that begin with `#` and a space are for people. */
function readFields(file: string, missing: { expected: string; remedy: string }): Map<string, string> {
  const lines = readPrivateFile(file, missing)
    .split('\n')
    .filter((line) => !line.startsWith('# '));
  return new Map(
    lines.map((line) => {
      const [word = '', value = ''] = line.trim().split(/\s+/);
      return [word, value];
    }),
  );
}

/** What stood there instead is not told: it may be a secret. */
function readKey(file: string, fields: Map<string, string>, word: string): string {
  const key = fields.get(word);
  if (isKey(key)) return key;
  throw new KeyFileError(file, {
    found: key === undefined ? `no line "${word} …"` : `something else after "${word}"`,
    expected: `a line "${word}" with 40 characters of Z85`,
    remedy: 'make a new file: bitten keys client NAME, or bitten keys init for the bus',
  });
}
