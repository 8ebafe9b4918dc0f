import { AsyncLocalStorage } from 'node:async_hooks';

const storage = new AsyncLocalStorage<string>();

/**
 * Runs `fn`, and gives every event published in it, however deep and however asynchronously, this correlation
 * id, unless the event brings its own.
 */
export function withCorrelation<Result>(id: string, fn: () => Result): Result {
  return storage.run(id, fn);
}

/** The id of the nearest `withCorrelation` around; undefined outside of one. */
export function currentCorrelation(): string | undefined {
  return storage.getStore();
}
