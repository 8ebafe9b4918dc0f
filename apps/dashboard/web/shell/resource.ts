import { type ReadonlySignal, useSignal } from '@preact/signals';
import { useCallback, useEffect, useRef } from 'preact/hooks';
import type { ApiError } from '../../src/api/index.js';
import { ask, factsOf } from './api.js';

/** Something that is asked for, and asked for again. What was there stays while the next answer is on its way. */
export interface Resource<Answer> {
  data: Answer | null;
  error: ApiError['error'] | null;
  isLoading: boolean;
  /** Asks again now. */
  reload: () => void;
}

interface ResourceOptions {
  query?: Readonly<Record<string, string | number | undefined>>;
  /** Asks again so often, while the page is seen. */
  every_ms?: number;
}

interface Held<Answer> {
  data: Answer | null;
  error: ApiError['error'] | null;
  isLoading: boolean;
}

/** Asks for `path`, anew whenever the path or the query changes; null asks for nothing. */
export function useResource<Answer>(path: string | null, options: ResourceOptions = {}): Resource<Answer> {
  const { query = {}, every_ms } = options;
  const held = useSignal<Held<Answer>>({ data: null, error: null, isLoading: path !== null });
  const name = path === null ? null : `${path} ${JSON.stringify(query)}`;
  const asking = useRef<AbortController | null>(null);
  const answered = useRef<string | null>(null);
  const load = useCallback(async () => {
    if (path === null) return;
    asking.current?.abort();
    const current = new AbortController();
    asking.current = current;
    held.value = { ...held.peek(), isLoading: true };
    try {
      const data = await ask<Answer>(path, query, current.signal);
      if (current.signal.aborted) return;
      held.value = { data, error: null, isLoading: false };
      answered.current = name;
    } catch (error) {
      if (current.signal.aborted) return;
      // The last answer to the same question is old; the answer to another one would be wrong.
      const data = answered.current === name ? held.peek().data : null;
      held.value = { data, error: factsOf(error), isLoading: false };
    }
    // The name stands for the path and the query, which is another object each time.
  }, [name]);
  useEffect(() => {
    void load();
    return () => asking.current?.abort();
  }, [load]);
  // A server that takes longer than that is not asked anew before it has answered.
  const again = useCallback(() => {
    if (!held.peek().isLoading) void load();
  }, [load]);
  useEvery(again, name === null ? undefined : every_ms);
  return { ...(held as ReadonlySignal<Held<Answer>>).value, reload: () => void load() };
}

/** Calls a function every so often, while the page is seen. */
function useEvery(run: () => unknown, every_ms: number | undefined): void {
  useEffect(() => {
    if (every_ms === undefined) return undefined;
    const timer = setInterval(() => {
      if (!document.hidden) void run();
    }, every_ms);
    return () => clearInterval(timer);
  }, [run, every_ms]);
}
