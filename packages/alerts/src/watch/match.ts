import type { Sighting, Verdict, Watcher } from './watcher.js';

/** Every event that comes as far as here is one. */
export class MatchWatcher implements Watcher {
  readonly deadline = Number.POSITIVE_INFINITY;

  see({ event, key, at }: Sighting): Verdict[] {
    return [{ key, is: 'happened', at, value: null, event }];
  }

  pass(): Verdict[] {
    return [];
  }

  save(): null {
    return null;
  }

  load(): void {}
}
