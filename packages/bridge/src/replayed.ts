import { AsyncLocalStorage } from 'node:async_hooks';
import { BittenError, isReplayed, type ReplayMark, showFound } from '@bitten/schema';
import type { Handler } from './hand-over.js';

/** History was about to act: a replayed event met a handler that has effects, or something was published because of it. */
export class ReplayRefusedError extends BittenError {
  constructor(message: string, found: string, remedy: string) {
    super('replay_refused', message, { found, expected: 'an event that happens now', remedy });
  }
}

const storage = new AsyncLocalStorage<ReplayMark | undefined>();
const withEffect = new WeakSet<Handler>();

/**
 * Marks a handler as one that has effects outside: it trades, sends, pays. It cannot be given to a replay, and where a
 * replayed event reaches it in another way, it throws `ReplayRefusedError` and does nothing.
 */
export function withEffects(handler: Handler): Handler {
  const guarded: Handler = (event) => {
    if (isReplayed(event)) {
      throw new ReplayRefusedError(
        'a handler with effects was given a replayed event',
        `${event.event_type} ${event.seq}, replayed`,
        'give replayed events to a handler without effects',
      );
    }
    return handler(event);
  };
  withEffect.add(guarded);
  return guarded;
}

/** Throws `ReplayRefusedError` for a handler that was marked by `withEffects`. */
export function refuseEffects(handler: Handler): void {
  if (!withEffect.has(handler)) return;
  throw new ReplayRefusedError(
    'a handler with effects cannot be given to a replay',
    'subscribe({ replay }, withEffects(…))',
    'replay to a handler that only looks; or subscribe without replay',
  );
}

/** Calls a handler with a replayed event; everything it does, however deep and asynchronously, knows that. */
export function handReplayed(handler: Handler, event: Parameters<Handler>[0]): ReturnType<Handler> {
  return storage.run(event.replay, () => handler(event));
}

/** Runs what does not belong to a replay, though it may have been started within one. */
export function outsideReplay<Result>(fn: () => Result): Result {
  return storage.getStore() === undefined ? fn() : storage.run(undefined, fn);
}

/** Why nothing may be published here; null outside of a replay. */
export function refusalToPublish(event: { event_type?: unknown }): ReplayRefusedError | null {
  const mark = storage.getStore();
  if (mark === undefined) return null;
  return new ReplayRefusedError(
    'nothing is published while a replayed event is handled',
    `${showFound(event?.event_type)}, because of the replay ${mark.id}`,
    'publish from the handler of a live subscription',
  );
}

/** What a live subscription says of an event that carries the mark of a replay, and that it hands over to nobody. */
export function markedError({ event_type, seq }: { event_type: string; seq: number }): ReplayRefusedError {
  return new ReplayRefusedError(
    'a live subscription came upon an event with the mark of a replay, and passed over it',
    `${showFound(event_type)} ${seq}, replayed`,
    'find out who published it: a bus of this version takes no such event',
  );
}
