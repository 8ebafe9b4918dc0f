import type { ApiError } from '../../src/api/index.js';
import { token } from './token.js';

type Query = Readonly<Record<string, string | number | undefined>>;

/** The server said no, or did not answer. */
export class AskError extends Error {
  readonly status: number;
  readonly facts: ApiError['error'];

  constructor(status: number, facts: ApiError['error']) {
    super(facts.message);
    this.status = status;
    this.facts = facts;
  }
}

/** Asks for something: `ask<Now>('now')`. Throws `AskError`. */
export function ask<Answer>(path: string, query: Query = {}, signal?: AbortSignal): Promise<Answer> {
  return request<Answer>('GET', path + searchOf(query), undefined, signal);
}

/** Changes something: `change<Settled>('POST', 'dead-letters/7/retry', {})`. Throws `AskError`. */
export function change<Answer>(
  method: 'POST' | 'PATCH' | 'DELETE',
  path: string,
  body: object = {},
): Promise<Answer> {
  return request<Answer>(method, path, body);
}

export function searchOf(query: Query): string {
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== '');
  if (given.length === 0) return '';
  return `?${new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString()}`;
}

async function request<Answer>(
  method: string,
  path: string,
  body?: object,
  signal?: AbortSignal,
): Promise<Answer> {
  const headers: Record<string, string> = {};
  if (token.value !== null) headers.Authorization = `Bearer ${token.value}`;
  if (body !== undefined) headers['Content-Type'] = 'application/json';
  let response: Response;
  try {
    response = await fetch(`/api/${path}`, {
      method,
      headers,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal === undefined ? {} : { signal }),
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new AskError(0, {
      code: 'no_dashboard',
      message: 'the dashboard does not answer',
      remedy: 'start it again: pnpm dev, or pnpm --filter apps/dashboard start',
    });
  }
  const answer = (await response.json().catch(() => null)) as (Answer & Partial<ApiError>) | null;
  if (response.ok && answer !== null) return answer;
  throw new AskError(response.status, answer?.error ?? { code: 'no_answer', message: `${response.status}` });
}

/** What to show of whatever was thrown. */
export function factsOf(error: unknown): ApiError['error'] {
  if (error instanceof AskError) return error.facts;
  return { code: 'page', message: error instanceof Error ? error.message : String(error) };
}
