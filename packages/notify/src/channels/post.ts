import { DeliveryError } from './channel.js';

interface PostOptions {
  url: string;
  body: string;
  headers?: Record<string, string>;
  signal: AbortSignal;
}

/** What may pass by itself: too early, too many, and what is wrong on the other side. */
const passingStatus = (status: number) => status >= 500 || [408, 425, 429].includes(status);
const answer_length_max = 300;

/**
 * Sends JSON. A redirect is not followed: what is signed or secret goes to the address that was named and to no other.
 * Throws `DeliveryError`, which never repeats the address, for that may be a secret itself.
 */
export async function post({ url, body, headers = {}, signal }: PostOptions): Promise<void> {
  const host = new URL(url).host;
  let response: Response;
  try {
    response = await fetch(url, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'User-Agent': 'bitten-alerts', ...headers },
      body,
      redirect: 'manual',
      signal,
    });
  } catch (cause) {
    throw new DeliveryError(`${host}: ${whyOf(cause)}`, { isPassing: true, cause });
  }
  if (response.ok) {
    // It has said that it has it; that the rest of its answer is lost changes nothing.
    await response.body?.cancel().catch(() => {});
    return;
  }
  const isRedirect = response.status >= 300 && response.status < 400;
  const said = isRedirect ? 'a redirect, which is not followed' : await answerOf(response);
  throw new DeliveryError(`${host} answered ${response.status}${said === '' ? '' : `: ${said}`}`, {
    isPassing: passingStatus(response.status),
    retryAfter_s: retryAfter(response.headers.get('retry-after')),
  });
}

function whyOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  const inner = cause.cause;
  const code = inner instanceof Error && 'code' in inner ? String(inner.code) : undefined;
  return code ?? (cause.name === 'TimeoutError' ? 'no answer in time' : cause.message);
}

/** The beginning of what it says, however much that is. */
async function answerOf(response: Response): Promise<string> {
  const reader = response.body?.getReader();
  if (reader === undefined) return '';
  try {
    const { value } = await reader.read();
    const text = new TextDecoder().decode(value?.slice(0, answer_length_max));
    return text.replaceAll(/\s+/g, ' ').trim();
  } catch {
    return '';
  } finally {
    void reader.cancel().catch(() => {});
  }
}

/** Seconds, or a date, as HTTP has it (RFC 9110, 10.2.3). */
function retryAfter(header: string | null): number | undefined {
  if (header === null) return undefined;
  const seconds = Number(header);
  if (Number.isFinite(seconds)) return Math.max(0, seconds);
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.max(0, (date - Date.now()) / 1000);
}
