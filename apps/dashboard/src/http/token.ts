import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { chmodSync, linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Context } from 'hono';
import { HttpError } from './errors.js';

/** The file's name in the data folder. */
export const tokenFile = 'dashboard-token';

const token_bytes = 32;
const tokenPattern = /^[A-Za-z0-9_-]{43,100}$/;

/**
 * The secret that lets a page change something. It is made once, in a file that only this user can read: who may read
 * the data may change it, and a web page from elsewhere can do neither. To replace it, remove the file and start again.
 */
export function readToken(dataDir: string): string {
  const file = join(dataDir, tokenFile);
  makeOnce(file);
  const token = readFileSync(file, 'utf8').trim();
  if (tokenPattern.test(token)) return token;
  throw new HttpError(500, 'bad_token_file', `${file} holds no token`, {
    found: `${token.length} characters`,
    expected: '43 to 100 letters, digits, - and _',
    remedy: 'remove the file: a new one is made at the next start',
  });
}

/** The file appears with the token in it: whoever else starts a dashboard here at the same moment reads it whole. */
function makeOnce(file: string): void {
  const token = randomBytes(token_bytes).toString('base64url');
  const draft = `${file}.${token.slice(0, 8)}.new`;
  writeFileSync(draft, `${token}\n`, { mode: 0o600, flag: 'wx' });
  try {
    linkSync(draft, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    chmodSync(file, 0o600);
  } finally {
    rmSync(draft, { force: true });
  }
}

/** Says whether a request may change something. */
export class TokenCheck {
  readonly #expected: Buffer;

  constructor(token: string) {
    this.#expected = digest(token);
  }

  passes(c: Context): boolean {
    const given = /^Bearer (\S+)$/i.exec(c.req.header('authorization') ?? '')?.[1];
    // Compared are digests: they have one length, and tell nothing by the time it takes.
    return given !== undefined && timingSafeEqual(digest(given), this.#expected);
  }

  /** Throws `HttpError` 401. */
  require(c: Context): void {
    if (this.passes(c)) return;
    const isGiven = c.req.header('authorization') !== undefined;
    c.header('WWW-Authenticate', 'Bearer');
    throw new HttpError(401, 'token', 'a change needs the token of this dashboard', {
      found: isGiven ? 'another token' : 'none',
      expected: `Authorization: Bearer, and the content of ${tokenFile} in the data folder`,
      remedy: 'open the address with the token that pnpm dev prints, or put the token into the page',
    });
  }
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
